package io.verstak.server.storage;

import io.verstak.server.error.ServerException;

/** What became of one push of a group. */
public sealed interface PushResult {

    /**
     * Every op of the push is in the log, durably.
     *
     * @param json the answer's body
     * @param head the scope's head behind it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Accepted(byte[] json, long head) implements PushResult {}

    /** Nothing of the push was stored. */
    record Refused(ServerException reason) implements PushResult {}
}
