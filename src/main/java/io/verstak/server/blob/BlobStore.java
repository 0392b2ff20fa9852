package io.verstak.server.blob;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import java.nio.channels.FileChannel;

/**
 * Blobs by their SHA-256, as the wire contract's section 4 has them: the bytes are stored once, and a scope reaches only
 * what it has uploaded itself. May be called on any context; the futures complete there.
 */
public interface BlobStore {

    /** Opens an upload, which has to be ended. {@code UNAVAILABLE} when as many as allowed are open. */
    Future<BlobUpload> begin(Scope scope);

    /**
     * Looks up a blob that is on disk and whole. {@code BLOB_NOT_FOUND} when the scope does not hold it, {@code
     * BLOB_UNAVAILABLE} when its file is missing or damaged.
     */
    Future<BlobFile> find(Scope scope, Sha256 sha256);

    /** Opens the file for reading; the caller closes it. {@code BLOB_UNAVAILABLE} when that is no longer possible. */
    Future<FileChannel> open(BlobFile file);

    /** Closes what was opened. */
    Future<Void> close(FileChannel channel);
}
