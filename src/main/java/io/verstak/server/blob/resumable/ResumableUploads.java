package io.verstak.server.blob.resumable;

import io.verstak.server.domain.Scope;
import io.vertx.core.Future;

/**
 * Uploads that arrive in chunks and can be resumed after an interruption, also after a restart of the server.
 * Acknowledged bytes are never requested again, and the scope gets the blob exactly once. May be called on any context;
 * futures complete there.
 *
 * <p>An upload that the scope does not know, or no longer knows, is {@code NOT_FOUND}.
 */
public interface ResumableUploads {
    /** The largest number of unfinished uploads of one device. */
    int MAX_OPEN_PER_DEVICE = 100;

    /**
     * Creates an upload, which is complete at once when the scope holds the announced blob. Fails with {@code
     * BLOB_TOO_LARGE}, with {@code QUOTA_EXCEEDED} for the whole length, with {@code HASH_MISMATCH} when the announced
     * blob is known and has another size, and with {@code RATE_LIMITED} when the device has too many open.
     */
    Future<UploadStatus> create(NewUpload upload);

    /** Returns the status of an upload. If its last bytes arrived before a crash, this finishes it. */
    Future<UploadStatus> find(Scope scope, String id);

    /**
     * Opens an upload for its next chunk. Fails with {@code CONFLICT} when the chunk does not begin at the upload's
     * offset, {@code UPLOAD_LOCKED} while another connection sends to it, {@code REQUEST_TOO_LARGE} when the chunk
     * exceeds its rest, and {@code UNAVAILABLE} when too many uploads are open.
     */
    Future<UploadChunk> append(Scope scope, String id, ChunkOpening part);

    /** Deletes an upload and its bytes, unless they are a blob of the scope by now. */
    Future<Void> remove(Scope scope, String id);
}
