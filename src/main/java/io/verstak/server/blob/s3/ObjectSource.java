package io.verstak.server.blob.s3;

import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.StoredObject;
import io.vertx.core.Future;
import java.util.Optional;

/** Staged bytes that become an object: {@link #announce}, {@link #complete}, {@link #forget}, each once and in this order. */
interface ObjectSource extends StagedBlob {

    /** An object that the bucket has. */
    record Stored(String key, String etag) {}

    /** Says which blob the bytes are: until {@link #ended} nobody removes its object. Returns the present one. */
    Future<Optional<StoredObject>> announce(Sha256 sha256);

    /** Makes the object. Empty if there are no bytes. */
    Future<Optional<Stored>> complete(BlobReference blob);

    /** Drops what is left of the bytes, once a blob is there that has them. Never fails: what cannot be dropped now is dropped later. */
    Future<Void> forget();

    /** Takes back what {@link #announce} has said. Never fails. */
    Future<Void> ended();
}
