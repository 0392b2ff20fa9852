package io.verstak.server.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.ops.backup.LastBackup;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.FigureStore;
import io.verstak.server.storage.FigureStore.Figures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gauges of the database's content. They are refreshed after a while only, so that frequent scrapes cause no I/O. */
public final class StoredFigures {
    private static final Logger LOG = LoggerFactory.getLogger(StoredFigures.class);
    private static final long KEPT_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final Vertx vertx;
    private final DataDirectory directory;
    private final FigureStore store;
    private final Clock clock;
    private volatile Figures figures = Figures.UNKNOWN;
    private volatile Optional<Instant> lastBackup = Optional.empty();
    private volatile long countedAt = Long.MIN_VALUE;

    public StoredFigures(Vertx vertx, DataDirectory directory, Database database, MeterRegistry registry, Clock clock) {
        this.vertx = vertx;
        this.directory = directory;
        this.store = new FigureStore(database);
        this.clock = clock;
        gauge(registry, "verstak.blob.stored.bytes", "Bytes of all blobs", Figures::blobBytes);
        gauge(registry, "verstak.blobs", "Blobs, each counted once", Figures::blobs);
        gauge(registry, "verstak.devices", "Devices that are not revoked", Figures::devices);
        gauge(registry, "verstak.devices.behind", "Devices for which changes of other devices wait", Figures::behind);
        gauge(
                registry,
                "verstak.device.lag.operations.max",
                "The most changes of other devices that wait for one device",
                Figures::maxLag);
        gauge(registry, "verstak.operations", "Operations in all logs", Figures::operations);
        gauge(registry, "verstak.outbox.mails", "Mails that wait to be sent", Figures::mailsWaiting);
        gauge(registry, "verstak.outbox.failed.mails", "Mails that were given up", Figures::mailsFailed);
        Gauge.builder("verstak.backup.age.seconds", this, StoredFigures::backupAge)
                .description("Since the last backup; none yet: NaN")
                .register(registry);
    }

    private double backupAge() {
        return lastBackup
                .map(at -> (double) Duration.between(at, clock.instant()).toSeconds())
                .orElse(Double.NaN);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Figures> figure) {
        Gauge.builder(name, this, self -> figure.applyAsDouble(self.figures))
                .description(description)
                .register(registry);
    }

    /** Counts anew what is stale. Never fails: while the database is out of reach, the figures are unknown. */
    Future<Void> refresh() {
        long now = clock.millis();
        long age = now - countedAt;
        if (countedAt != Long.MIN_VALUE && age >= 0 && age < KEPT_MILLIS) {
            return Future.succeededFuture();
        }
        countedAt = now;
        return store.count()
                .onSuccess(counted -> figures = counted)
                .onFailure(failure -> {
                    figures = Figures.UNKNOWN;
                    LOG.debug("cannot count: {}", failure.getMessage());
                })
                .transform(counted -> vertx.executeBlocking(() -> LastBackup.of(directory), false))
                .onSuccess(found -> lastBackup = found)
                .transform(looked -> Future.succeededFuture());
    }
}
