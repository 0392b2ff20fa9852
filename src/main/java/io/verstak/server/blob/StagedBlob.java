package io.verstak.server.blob;

import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The bytes of an upload before they are a blob. They are hashed as they arrive. One call at a time, but {@link #force}
 * may run beside {@link #append}. Futures complete on the caller's context, and fail with {@code STORAGE_FULL} or
 * {@code UNAVAILABLE} when the engine refuses.
 */
public interface StagedBlob {

    /** Appends bytes, which need not be durable then. */
    Future<Void> append(ByteBuffer[] pieces);

    /**
     * Makes appended bytes durable: as many as the engine can keep before more come. Returns the number of those that are, from the
     * beginning of the upload.
     */
    Future<Long> force();

    /**
     * Closes it and leaves the bytes for the next chunk. Fails with {@code UPLOAD_LOCKED} if the upload was locked by another node
     * meanwhile.
     *
     * @param keep whether to keep the bytes since it was opened; all that are kept are durable then
     * @return the number of bytes that are kept
     */
    Future<Long> close(boolean keep);

    /** Closes it and deletes all bytes. */
    Future<Void> discard();

    /** Returns the digest of all bytes; empty after an append that failed midway, or if that of the first bytes is not known. */
    Optional<BlobDigest> digest();
}
