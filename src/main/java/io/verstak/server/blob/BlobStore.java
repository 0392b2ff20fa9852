package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/**
 * Blobs by their SHA-256, as the wire contract's section 4 has them: the bytes are stored once, and a scope reaches only
 * what it has uploaded itself. May be called on any context; the futures complete there.
 */
public interface BlobStore {

    /**
     * Opens an upload, which has to be ended. {@code UNAVAILABLE} when as many as allowed are open.
     *
     * @param announced the digest that the bytes must have, if the client has named one
     */
    Future<BlobUpload> begin(Scope scope, Optional<Sha256> announced);

    /**
     * Those of the blobs that the scope does not hold, or whose file is known to be lost, each once and in the order of
     * the question: to upload them helps.
     */
    Future<List<Sha256>> missing(Scope scope, List<Sha256> blobs);

    /**
     * Looks up a blob that is on disk and whole. {@code BLOB_NOT_FOUND} when the scope does not hold it, {@code
     * BLOB_UNAVAILABLE} when its file is missing or damaged.
     */
    Future<BlobFile> find(Scope scope, Sha256 sha256);

    /**
     * The blobs that the scope holds, in the order of their hashes: a bounded number of them, none at the end.
     *
     * @param afterHash the last hash of the list before; empty at first
     */
    Future<List<BlobReference>> list(Scope scope, String afterHash);

    /** Opens the file for reading; the caller closes it. {@code BLOB_UNAVAILABLE} when that is no longer possible. */
    Future<FileChannel> open(BlobFile file);

    /** Closes what was opened. */
    Future<Void> close(FileChannel channel);
}
