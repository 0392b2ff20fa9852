package io.verstak.server.cluster;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.domain.SteadyClock;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.NodeStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the clock of a node by that of the database, which all nodes share: a node whose own is wrong neither ends sessions early nor
 * keeps them. Asks every {@value #PERIOD_MILLIS} ms, and says when the node's own clock is wrong.
 */
public final class DatabaseClock extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
    private static final long PERIOD_MILLIS = 10_000;

    /** Above it, the log says so. */
    private static final long WARNED_MILLIS = 5_000;

    /** Above it, the node is not ready: certificates and the signatures of a bucket go by its own clock. */
    private static final long UNREADY_MILLIS = 60_000;

    /** An answer that took longer says little. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Outage outage = new Outage(LOG, "the clock of the database cannot be read");
    private final NodeStore database;
    private final SteadyClock clock;
    private boolean warned;

    public DatabaseClock(Database database, SteadyClock clock) {
        this.database = new NodeStore(database);
        this.clock = clock;
    }

    /** Asks the database, and sets the clock. */
    public Future<Void> ask() {
        long begun = System.nanoTime();
        return outage.watch(database.now())
                .onSuccess(millis -> answered(millis, begun, System.nanoTime() - begun))
                .mapEmpty();
    }

    private void answered(long millis, long begun, long taken) {
        if (taken <= LONGEST_NANOS) {
            Duration uncertainty = Duration.ofNanos(taken / 2).plusMillis(1);
            clock.set(Instant.ofEpochMilli(millis), begun + taken / 2, uncertainty);
        }
        tell();
    }

    private synchronized void tell() {
        long skew = clock.skewMillis();
        boolean wrong = Math.abs(skew) > WARNED_MILLIS;
        if (wrong && !warned) {
            LOG.warn("{}; sessions and links go by the database's. Set it with NTP", text(skew));
        } else if (!wrong && warned) {
            LOG.info("the clock of this node agrees with the database's again");
        }
        warned = wrong;
    }

    private static String text(long skew) {
        return "the clock of this node is %s seconds %s the database's"
                .formatted(Math.abs(skew) / 1000, skew > 0 ? "ahead of" : "behind");
    }

    /** Returns what makes the node not ready, for a person. */
    public Optional<String> problem() {
        long skew = clock.skewMillis();
        return Math.abs(skew) > UNREADY_MILLIS ? Optional.of(text(skew)) : Optional.empty();
    }

    /** Registers a gauge of how far the node's own clock is ahead. */
    public void register(MeterRegistry registry) {
        Gauge.builder("verstak.clock.skew.seconds", clock, own -> own.skewMillis() / 1000.0)
                .description("How far the clock of this node is ahead of the database's")
                .register(registry);
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(PERIOD_MILLIS, tick -> ask());
        return Future.succeededFuture();
    }
}
