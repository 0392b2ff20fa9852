package io.verstak.server.storage;

import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * Short texts from each node to all nodes on the database. A text comes once or never: it makes a node fast, and nothing may depend on
 * it. Safe for any thread.
 */
public interface Notifications {
    /** The longest text, in bytes. */
    int MAX_BYTES = 7_900;

    /** Sends a text to all nodes, this one too. Fails with {@code UNAVAILABLE} if it may not have been sent. */
    Future<Void> publish(String text);

    /**
     * Begins to listen. Call it once.
     *
     * @param listener receives each text, on one thread; neither blocks nor fails
     * @param missed called each time that listening has begun, or has begun again: what was published before may not have come
     */
    void listen(Consumer<String> listener, Runnable missed);

    /** Returns false while texts do not come: this node learns of others by reading. Does not block. */
    boolean isHeard();

    Future<Void> close();
}
