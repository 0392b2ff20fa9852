package io.verstak.server.storage;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import java.util.Arrays;
import java.util.Optional;

/**
 * An upload that comes in parts, as far as it has come.
 *
 * @param length of the whole, in bytes
 * @param stored bytes that have come and would survive a power cut
 * @param metadata as the client has sent it
 * @param announced the digest that the client has named
 * @param blob the digest of what has come; only with all of it
 * @param expiresAt in milliseconds since the epoch
 */
public record StoredUpload(
        String id,
        Scope scope,
        String deviceId,
        long length,
        long stored,
        String metadata,
        Optional<Sha256> announced,
        Optional<Sha256> blob,
        State state,
        long expiresAt) {

    /** {@link #expiresAt} of the uploads of a user who was deleted. */
    static final long NEVER_WAS = 0;

    /** How far an upload is, with its number in the database. */
    public enum State {
        /** Bytes are missing. */
        OPEN(0),
        /** All bytes have come; whether the scope has been given the blob is not settled. */
        SEALED(1),
        /** The scope has the blob. */
        FINISHED(2),
        /** The scope had the blob when the upload was made: no byte has come. */
        KNOWN(3);

        private final int number;

        State(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static State of(int number) {
            return Arrays.stream(values())
                    .filter(state -> state.number == number)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Whether its user was deleted: nobody may finish it. */
    public boolean isOwnerless() {
        return expiresAt == NEVER_WAS;
    }

    /** Whether room is kept free for it. */
    public boolean isPending() {
        return state == State.OPEN || state == State.SEALED;
    }

    /** Whether the scope has what was uploaded. */
    public boolean isFinished() {
        return !isPending();
    }

    /** The upload with so many bytes. */
    public StoredUpload withStored(long bytes, long expiry) {
        return new StoredUpload(id, scope, deviceId, length, bytes, metadata, announced, blob, state, expiry);
    }

    /** A known upload whose bytes come all the same. */
    public StoredUpload reopened() {
        return new StoredUpload(
                id, scope, deviceId, length, 0, metadata, announced, Optional.empty(), State.OPEN, expiresAt);
    }

    /** The upload in another state, with all of its bytes. */
    public StoredUpload whole(State next, Sha256 sha256) {
        return new StoredUpload(
                id, scope, deviceId, length, length, metadata, announced, Optional.of(sha256), next, expiresAt);
    }
}
