package io.verstak.server.history;

import java.util.List;

/**
 * One call of one client. Times are of one clock that never steps back, in any unit.
 *
 * <p>What an answer says is meaningful only where the outcome is {@link Outcome#OK}.
 */
public sealed interface Call {
    String scope();

    long invokedAt();

    long endedAt();

    Outcome outcome();

    /**
     * A push.
     *
     * @param sequences of the accepted ops, in the order in which they were sent
     * @param accepted their ids, in the same order
     * @param conflicts sequences of the ops that were told as conflicts, in the answer's order
     * @param head {@code server_sequence} of the answer
     */
    record Push(
            String scope,
            String device,
            List<SentOp> ops,
            long invokedAt,
            long endedAt,
            Outcome outcome,
            List<String> accepted,
            List<Long> sequences,
            List<Long> conflicts,
            long head)
            implements Call {}

    /** A pull. */
    record Pull(
            String scope,
            long cursor,
            long invokedAt,
            long endedAt,
            Outcome outcome,
            List<LogOp> ops,
            long pageLast,
            boolean hasMore,
            long head)
            implements Call {}

    /** An upload of a blob. */
    record Upload(String scope, String sha256, long invokedAt, long endedAt, Outcome outcome) implements Call {}

    /** A download; {@link Outcome#OK} only when the bytes had the hash, {@link Outcome#FAIL} for 404 and 500. */
    record Download(String scope, String sha256, long invokedAt, long endedAt, Outcome outcome) implements Call {}
}
