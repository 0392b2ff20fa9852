package io.verstak.server.blob;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * A blob on its way in. Bytes go to a temporary file and through SHA-256 as they come, with a bounded number of them in
 * memory. Used on the context on which it was opened, and ended by exactly one of {@link #commit()} and {@link #abort()}.
 *
 * <p>A write fails with {@code BLOB_TOO_LARGE} or {@code QUOTA_EXCEEDED} as soon as the blob passes a limit, with {@code
 * STORAGE_FULL} or {@code UNAVAILABLE} once the disk refuses, and takes nothing more from then on. Its future tells that
 * the bytes were taken, not that they are on disk.
 */
public interface BlobUpload extends WriteStream<Buffer> {

    /**
     * Makes the blob durable and gives it to the scope. Fails as a write does; then nothing of the upload is left. {@code
     * QUOTA_EXCEEDED} does not hit bytes that the scope holds already. {@code HASH_MISMATCH} when other bytes have come than
     * were announced.
     */
    Future<StoredBlob> commit();

    /** Gives up; nothing of the upload is left when the future completes, which it does with success. */
    Future<Void> abort();
}
