package io.verstak.bench.load;

import java.nio.ByteBuffer;

/** What a load run sends and expects. One thread calls it: that of the {@link LoadClient}. */
public interface Requests {

    /** Bytes that the longest request takes. */
    int longest();

    /** Puts the whole next request of a connection, head and body, into {@code out}. */
    void next(int connection, ByteBuffer out);

    /** Whether there is a next request; without one the run ends before its time. */
    default boolean hasNext() {
        return true;
    }

    /** Whether an answer of this status is no failure of the server's. */
    default boolean expects(int status) {
        return status == 200;
    }

    /** Whether an answer of an expected status says what was asked for; one that does not counts as a failed request. */
    boolean accepts(int connection, Answer answer);
}
