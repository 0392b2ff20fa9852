package io.verstak.server.blob;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * An upload in progress. Received bytes go to a temporary file and through SHA-256, with a bounded number of them in
 * memory. Used on the context that opened it, and ended by exactly one of {@link #commit()} and {@link #abort()}.
 *
 * <p>A write fails with {@code BLOB_TOO_LARGE} or {@code QUOTA_EXCEEDED} as soon as the blob exceeds a limit, and with
 * {@code STORAGE_FULL} or {@code UNAVAILABLE} once the disk refuses; later writes fail, too. Its future means that the
 * bytes were accepted, not that they are on disk.
 */
public interface BlobUpload extends WriteStream<Buffer> {

    /**
     * Makes the blob durable and adds it to the scope. Fails as a write does, and with {@code HASH_MISMATCH} when the
     * bytes differ from the announced digest; nothing of the upload is left then. {@code QUOTA_EXCEEDED} does not apply
     * to bytes that the scope holds already.
     */
    Future<StoredBlob> commit();

    /** Aborts the upload. Nothing of it is left when the future completes, which always succeeds. */
    Future<Void> abort();
}
