package io.verstak.server.blob.resumable;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.domain.Lease;
import io.verstak.server.storage.blob.StoredUpload;
import io.vertx.core.Future;
import java.util.Optional;

/** Records how much of an upload has arrived. Served by the blob verticle to {@link ChunkWriter}. */
interface ChunkLog {

    /** An upload that is open for a chunk, until {@link #close}. */
    record OpenUpload(StoredUpload upload, UploadLocks.Lock lock, Lease slot) {}

    /**
     * The end of a chunk.
     *
     * @param stored the durable bytes of the upload
     * @param digest their digest, if it is known
     */
    record End(long stored, Optional<BlobDigest> digest) {}

    /** Records that this many bytes of an open upload are durable: a crash does not lose them. */
    Future<Void> keep(StoredUpload upload, long stored);

    /** Records the end of a chunk, finishes the upload if it is complete, and lets the next chunk in. */
    Future<UploadStatus> close(OpenUpload open, End end);
}
