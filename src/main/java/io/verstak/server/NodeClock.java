package io.verstak.server;

import static io.verstak.server.VerstakServer.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.cluster.DatabaseClock;
import io.verstak.server.config.DatabaseConfig;
import io.verstak.server.domain.SteadyClock;
import io.verstak.server.metrics.Health.Reason;
import io.verstak.server.metrics.NodeState;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.postgresql.failover.SynchronousStandby;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The clock of a server: the system's, or with a database that several nodes share that of the database.
 *
 * @param shared what keeps it; empty if it is the system's
 * @param skewMillis how far the system's is ahead; empty if it is the same
 */
record NodeClock(Clock clock, Database database, Optional<DatabaseClock> shared, Supplier<OptionalLong> skewMillis) {

    /** Asks a shared database what time it is. A clock that is not the system's, such as a test's, stays as it is. */
    static Future<NodeClock> of(Clock system, Database database) {
        if (!database.isShared() || !SteadyClock.isSystem(system)) {
            return Future.succeededFuture(new NodeClock(system, database, Optional.empty(), OptionalLong::empty));
        }
        SteadyClock corrected = new SteadyClock(system);
        DatabaseClock shared = new DatabaseClock(database, corrected);
        return shared.ask()
                .map(asked -> new NodeClock(
                        corrected, database, Optional.of(shared), () -> OptionalLong.of(corrected.skewMillis())));
    }

    /** Returns what else decides whether this node is ready. */
    NodeState state(DatabaseConfig config) {
        boolean strict = database.isShared() && config.requireSynchronousStandby();
        SynchronousStandby standby = new SynchronousStandby(database);
        return new NodeState(
                () -> strict
                        ? standby.problem().map(this::problems)
                        : Future.succeededFuture(problems(Optional.empty())),
                skewMillis);
    }

    private Map<Reason, String> problems(Optional<String> standby) {
        Map<Reason, String> problems = new EnumMap<>(Reason.class);
        shared.flatMap(DatabaseClock::problem).ifPresent(wrong -> problems.put(Reason.CLOCK_WRONG, wrong));
        standby.ifPresent(missing -> problems.put(Reason.NO_SYNCHRONOUS_STANDBY, missing));
        return problems;
    }

    /** Starts what keeps it. Returns the deployment, if there is one. Blocks. */
    List<String> deploy(Vertx vertx, MeterRegistry registry) throws Exception {
        if (shared.isEmpty()) {
            return List.of();
        }
        shared.get().register(registry);
        return List.of(await(vertx.deployVerticle(shared.get())));
    }
}
