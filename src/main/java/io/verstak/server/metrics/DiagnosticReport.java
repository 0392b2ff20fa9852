package io.verstak.server.metrics;

import io.verstak.server.domain.listing.Counts;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.storage.NodeStore.Seen;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Information for troubleshooting: no secrets, paths or names of users. */
public final class DiagnosticReport {
    private static final long MEBIBYTE = 1L << 20;

    private final Health health;
    private final Statistics statistics;
    private final Inventory inventory;
    private final Clock clock;

    public DiagnosticReport(Health health, Statistics statistics, Inventory inventory, Clock clock) {
        this.health = health;
        this.statistics = statistics;
        this.inventory = inventory;
        this.clock = clock;
    }

    /** Returns names and values in display order; null: unknown. */
    public Future<Map<String, @Nullable Object>> run() {
        return health.report()
                .compose(report -> nodes().compose(nodes -> statistics.now().map(now -> {
                    Runtime process = Runtime.getRuntime();
                    Map<String, @Nullable Object> found = new LinkedHashMap<>();
                    found.put("version", report.version());
                    found.put("build_commit", report.commit());
                    found.put("schema_version", report.schemaVersion());
                    found.put("uptime_seconds", report.uptimeSeconds());
                    found.put(
                            "server_time",
                            clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
                    found.put("java", Runtime.version().toString());
                    found.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
                    found.put("processors", process.availableProcessors());
                    found.put("memory_used_mib", (process.totalMemory() - process.freeMemory()) / MEBIBYTE);
                    found.put("memory_limit_mib", process.maxMemory() / MEBIBYTE);
                    found.put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
                    found.put("database_engine", inventory.engine());
                    found.putAll(nodes);
                    found.put("database_reachable", report.databaseReachable());
                    found.put("database_damaged", report.databaseDamaged());
                    found.put("database_bytes", now.disk().databaseBytes());
                    found.put("blob_storage_writable", report.blobStorageWritable());
                    found.put("disk_free_bytes", now.disk().freeBytes());
                    found.put("disk_total_bytes", now.disk().totalBytes());
                    @Nullable Counts counts = now.counts();
                    found.put(
                            "damaged_blobs",
                            counts == null ? null : counts.files().damaged());
                    found.put("waiting_mails", counts == null ? null : counts.waitingMails());
                    found.put("failed_mails", counts == null ? null : counts.failedMails());
                    return found;
                })));
    }

    /** Empty if there is only one; with null if the database does not answer. */
    private Future<Map<String, @Nullable Object>> nodes() {
        return inventory.nodes().transform(listed -> {
            Map<String, @Nullable Object> found = new LinkedHashMap<>();
            if (listed.failed()) {
                found.put("nodes", null);
            } else if (!listed.result().isEmpty()) {
                found.put(
                        "nodes",
                        listed.result().stream().map(DiagnosticReport::text).toList());
            }
            return Future.succeededFuture(found);
        });
    }

    private static String text(Seen seen) {
        Node node = seen.node();
        return "%s at %s, version %s, schema %s, %s s ago"
                .formatted(
                        node.name(),
                        node.address(),
                        node.version(),
                        node.schema(),
                        TimeUnit.MILLISECONDS.toSeconds(seen.millisAgo()));
    }
}
