package io.verstak.server.sync;

import io.vertx.core.buffer.Buffer;

/**
 * The answer to a push or a pull.
 *
 * @param json the body, ready to send
 * @param head the sequence of the scope's last op; 0 where nobody asks
 * @param share the memory that the answer takes; to be closed once it is sent, or will never be
 */
public record LogAnswer(Buffer json, long head, AnswerBudget.Share share) implements AutoCloseable {
    /** The answer will not be sent. */
    @Override
    public void close() {
        share.close();
    }
}
