package io.verstak.server.metrics;

import io.verstak.server.metrics.Health.Reason;
import io.vertx.core.Future;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * What only a node of several has.
 *
 * @param problems returns what makes it not ready, with a text for a person
 * @param clockSkewMillis returns how far its own clock is ahead of the database's
 */
public record NodeState(Supplier<Future<Map<Reason, String>>> problems, Supplier<OptionalLong> clockSkewMillis) {
    /** Of a server that is alone on its database. */
    public static final NodeState ALONE = new NodeState(() -> Future.succeededFuture(Map.of()), OptionalLong::empty);
}
