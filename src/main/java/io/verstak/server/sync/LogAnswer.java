package io.verstak.server.sync;

import io.vertx.core.buffer.Buffer;

/**
 * The answer to a push or a pull.
 *
 * @param json the body, ready to send
 * @param head the sequence of the scope's last op; 0 for a push
 * @param complete whether a pull's page leaves nothing out up to the head
 * @param share the memory that the answer takes; the receiver closes it once the answer is sent or dropped
 */
public record LogAnswer(Buffer json, long head, boolean complete, AnswerBudget.Share share) implements AutoCloseable {
    /** Releases the memory of an answer that is not sent. */
    @Override
    public void close() {
        share.close();
    }
}
