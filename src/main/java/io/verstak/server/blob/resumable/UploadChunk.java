package io.verstak.server.blob.resumable;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * A chunk of an upload in progress. Used on the context that opened it, and ended by exactly one of {@link #finish()}
 * and {@link #breakOff()}.
 *
 * <p>A write fails with {@code REQUEST_TOO_LARGE} when it exceeds the rest of the upload, and with {@code STORAGE_FULL}
 * or {@code UNAVAILABLE} once the disk refuses; later writes fail, too.
 */
public interface UploadChunk extends WriteStream<Buffer> {

    /**
     * Makes the received bytes durable and, if the upload is complete, adds the blob to the scope. Fails with {@code
     * CHECKSUM_MISMATCH} when the chunk differs from its checksum, and with {@code HASH_MISMATCH} when the whole
     * differs from the announced digest: the upload is gone then.
     */
    Future<UploadStatus> finish();

    /** Keeps as much of an interrupted chunk as can be trusted. */
    Future<UploadStatus> breakOff();
}
