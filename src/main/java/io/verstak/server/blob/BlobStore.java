package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Blobs by their SHA-256, as described in section 4 of the wire contract: bytes are stored once, and a scope reaches
 * only what it has uploaded itself. May be called on any context; futures complete there.
 */
public interface BlobStore {

    /**
     * Opens an upload, which the caller must end. Fails with {@code UNAVAILABLE} when too many are open.
     *
     * @param announced the digest that the bytes must have, if the client has named one
     */
    Future<BlobUpload> begin(Scope scope, Optional<Sha256> announced);

    /**
     * Returns the blobs that the scope does not hold or whose file is known to be lost, each once, in the order of the
     * request. Uploading them helps.
     */
    Future<List<Sha256>> missing(Scope scope, List<Sha256> blobs);

    /**
     * Looks up a blob. Fails with {@code BLOB_NOT_FOUND} when the scope does not hold it, and with {@code
     * BLOB_UNAVAILABLE} when its file is missing or damaged.
     */
    Future<FoundBlob> find(Scope scope, Sha256 sha256);

    /**
     * Returns a bounded number of the scope's blobs in the order of their hashes; none at the end.
     *
     * @param afterHash the last hash of the previous list; empty at first
     */
    Future<List<BlobReference>> list(Scope scope, String afterHash);
}
