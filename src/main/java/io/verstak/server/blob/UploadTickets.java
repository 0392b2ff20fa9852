package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
import io.vertx.core.Future;

/** Ends the uploads that {@link BlobStore#begin} has opened. Served by the blob verticle to {@link UploadStream}. */
interface UploadTickets {

    /** A permit for one upload, returned with {@link #commit} or {@link #abort}. */
    record Ticket(Scope scope, QuotaReservation quota, Lease slot) {}

    /** Stores the staged bytes, and discards them if that fails. */
    Future<StoredBlob> commit(Ticket ticket, StagedBlob staged, BlobReference blob);

    /** Returns the ticket of an upload whose bytes are gone. */
    Future<Void> abort(Ticket ticket);
}
