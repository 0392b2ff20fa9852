package io.verstak.server.storage.blob;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import java.util.Arrays;
import java.util.Optional;

/**
 * The state of a resumable upload.
 *
 * @param length of the whole upload in bytes
 * @param stored received bytes that would survive a power cut
 * @param metadata as the client sent it
 * @param announced the digest that the client has named
 * @param blob the digest of the received bytes; only when all have arrived
 * @param expiresAt in milliseconds since the epoch
 * @param generation of its lock; changes are refused to a former holder, who has another one
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
        long expiresAt,
        long generation) {

    /** The {@link #expiresAt} of uploads of deleted users. */
    static final long NEVER_WAS = 0;

    /** The stage of an upload, with its number in the database. */
    public enum State {
        /** Bytes are missing. */
        OPEN(0),
        /** All bytes have arrived; the blob may not be in the scope yet. */
        SEALED(1),
        /** The scope holds the blob. */
        FINISHED(2),
        /** The scope held the blob when the upload was created: no byte was received. */
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

    /** Returns whether its user was deleted, so that it cannot be finished. */
    public boolean isOwnerless() {
        return expiresAt == NEVER_WAS;
    }

    /** Returns whether quota is reserved for it. */
    public boolean isPending() {
        return state == State.OPEN || state == State.SEALED;
    }

    /** Returns whether all of its bytes have arrived, though their digest is not known. */
    public boolean isUnread() {
        return state == State.OPEN && stored == length && length > 0;
    }

    /** Returns whether the scope holds the uploaded blob. */
    public boolean isFinished() {
        return !isPending();
    }

    /** Returns the upload with this many bytes. */
    public StoredUpload withStored(long bytes, long expiry) {
        return new StoredUpload(
                id, scope, deviceId, length, bytes, metadata, announced, blob, state, expiry, generation);
    }

    /** Returns a known upload whose bytes are sent nevertheless. */
    public StoredUpload reopened() {
        return new StoredUpload(
                id,
                scope,
                deviceId,
                length,
                0,
                metadata,
                announced,
                Optional.empty(),
                State.OPEN,
                expiresAt,
                generation);
    }

    /** Returns the complete upload in another stage. */
    public StoredUpload whole(State next, Sha256 sha256) {
        return new StoredUpload(
                id,
                scope,
                deviceId,
                length,
                length,
                metadata,
                announced,
                Optional.of(sha256),
                next,
                expiresAt,
                generation);
    }
}
