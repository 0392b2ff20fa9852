package io.verstak.server.blob;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * Some bytes of an upload on their way in. Used on the context on which it was opened, and ended by exactly one of {@link
 * #finish()} and {@link #breakOff()}.
 *
 * <p>A write fails with {@code REQUEST_TOO_LARGE} when more comes than the upload has left, with {@code STORAGE_FULL} or
 * {@code UNAVAILABLE} once the disk refuses, and takes nothing more from then on.
 */
public interface PartUpload extends WriteStream<Buffer> {

    /**
     * Makes what has come durable, and the blob the scope's when that was the rest of it. {@code CHECKSUM_MISMATCH} when the
     * part is not what was announced, {@code HASH_MISMATCH} when the whole is not: then the upload is gone.
     */
    Future<UploadStatus> finish();

    /** Keeps of a part that has no end as much as can be trusted. */
    Future<UploadStatus> breakOff();
}
