package io.verstak.server.storage.log;

import io.verstak.server.error.ServerException;

/** The result of one push of a group. */
public sealed interface PushResult {

    /**
     * Every op of the push is durable in the log.
     *
     * @param json the answer's body
     * @param head the scope's head after it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Accepted(byte[] json, long head) implements PushResult {}

    /** Nothing of the push was stored. */
    record Refused(ServerException reason) implements PushResult {}

    /** Another node is writing to the vault. Nothing of the push was stored, and all pushes of its vault in the group have this result. */
    record Postponed() implements PushResult {}
}
