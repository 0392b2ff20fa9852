package io.verstak.server.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.backup.BackupSchedule;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.stats.MetricsQueries;
import io.verstak.server.storage.stats.MetricsQueries.Figures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.ToDoubleFunction;

/** Gauges of what the database and the disks hold, and whether the server is ready. They are looked up when the metrics are read. */
public final class StorageMetrics {
    private final LatestFigures<Figures> stored;
    private final LatestFigures<Double> ready;
    private final LatestFigures<Double> nodes;
    private final DiskFigures disks;

    public StorageMetrics(
            Vertx vertx,
            DataDirectory directory,
            Database database,
            Health health,
            Engines engines,
            BackupSchedule backups,
            MeterRegistry registry) {
        MetricsQueries store = new MetricsQueries(database);
        stored = new LatestFigures<>("the database", Figures.UNKNOWN, store::count);
        ready = new LatestFigures<>("health", 0.0, () -> health.report().map(report -> report.fit() ? 1.0 : 0.0));
        nodes = new LatestFigures<>(
                "the nodes", Double.NaN, () -> engines.count().map(Integer::doubleValue));
        disks = new DiskFigures(vertx, directory, database.isShared(), backups, registry);
        gauge(registry, "verstak.blob.stored.bytes", "Bytes of all blobs", Figures::blobBytes);
        gauge(registry, "verstak.blobs", "Blobs, each counted once", Figures::blobs);
        gauge(registry, "verstak.blobs.damaged", "Blobs whose files are damaged or missing", Figures::damagedBlobs);
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
        Gauge.builder("verstak.ready", ready, LatestFigures::get)
                .description("1 while the server is fit to serve, as /readyz says")
                .register(registry);
        Gauge.builder("verstak.nodes", nodes, LatestFigures::get)
                .description("Nodes that serve the database; the same on each of them")
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Figures> figure) {
        Gauge.builder(name, stored, latest -> figure.applyAsDouble(latest.get()))
                .description(description)
                .register(registry);
    }

    /** Refreshes stale figures. Never fails: a figure that cannot be determined is unknown. */
    Future<Void> refresh() {
        return Future.join(stored.refresh(), ready.refresh(), nodes.refresh(), disks.refresh())
                .mapEmpty();
    }
}
