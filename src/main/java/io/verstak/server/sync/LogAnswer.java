package io.verstak.server.sync;

import io.verstak.server.domain.Lease;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * The answer to a push or a pull.
 *
 * @param json the body, ready to send
 * @param head the sequence of the scope's last op; 0 for a push
 * @param complete whether a pull's page leaves nothing out up to the head
 * @param share the memory that the answer takes; the receiver closes it once the answer is sent or dropped
 */
public record LogAnswer(Buffer json, long head, boolean complete, Lease share) implements AutoCloseable {
    /** The largest answer whose copies count once. */
    private static final long SHARED_BYTES = 64 << 10;

    /**
     * Returns the answer for one more client, to be closed separately. A large one counts again, because each connection copies
     * it outside of the heap while it is sent. Empty when there is no memory for that copy.
     */
    public Optional<LogAnswer> another() {
        Optional<Lease> memory = share.amount() > SHARED_BYTES ? share.copy() : Optional.of(share.share());
        return memory.map(lease -> new LogAnswer(json, head, complete, lease));
    }

    /** Releases the memory of an answer that is not sent. */
    @Override
    public void close() {
        share.close();
    }
}
