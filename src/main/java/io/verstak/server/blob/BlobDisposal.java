package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;

/**
 * Takes the bytes of blobs away, serialized with uploads of the same bytes: an ending upload either comes first and
 * keeps them, or comes later and stores its own. May be called on any context.
 */
public interface BlobDisposal {

    /**
     * Deletes a blob that no scope has held since a time. Returns false if it was uploaded again, which keeps it.
     *
     * @param unreferencedSince in milliseconds since the epoch
     */
    Future<Boolean> reclaim(Sha256 sha256, long unreferencedSince);

    /** Deletes bytes that have no row. Returns false if they have one by now. */
    Future<Boolean> dropStray(Sha256 sha256);

    /** Checks a blob that looks damaged again, and quarantines it if it is. Returns whether the damage is new. */
    Future<Boolean> quarantine(BlobReference blob);
}
