package io.verstak.server.metrics;

import io.verstak.server.domain.listing.Counts;
import io.verstak.server.metrics.Engines.View;
import io.verstak.server.metrics.Health.Reason;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Information for troubleshooting: no secrets, paths or names of users. */
public final class DiagnosticReport {
    /** The name of what is a list of nodes, and no single value. */
    public static final String NODES = "nodes";

    private static final long MEBIBYTE = 1L << 20;

    private final Health health;
    private final Statistics statistics;
    private final Engines engines;
    private final Clock clock;

    public DiagnosticReport(Health health, Statistics statistics, Engines engines, Clock clock) {
        this.health = health;
        this.statistics = statistics;
        this.engines = engines;
        this.clock = clock;
    }

    /** Returns names and values in display order; null: unknown. */
    public Future<Map<String, @Nullable Object>> run() {
        return health.report()
                .compose(report -> engines.look()
                        .compose(serving -> statistics.now().map(now -> {
                            Runtime process = Runtime.getRuntime();
                            Map<String, @Nullable Object> found = new LinkedHashMap<>();
                            found.put("version", report.version());
                            found.put("build_commit", report.commit());
                            found.put("schema_version", report.schemaVersion());
                            found.put("uptime_seconds", report.uptimeSeconds());
                            found.put(
                                    "server_time",
                                    clock.instant()
                                            .truncatedTo(ChronoUnit.SECONDS)
                                            .toString());
                            found.put("java", Runtime.version().toString());
                            found.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
                            found.put("processors", process.availableProcessors());
                            found.put("memory_used_mib", (process.totalMemory() - process.freeMemory()) / MEBIBYTE);
                            found.put("memory_limit_mib", process.maxMemory() / MEBIBYTE);
                            found.put(
                                    "threads",
                                    ManagementFactory.getThreadMXBean().getThreadCount());
                            found.put(
                                    "problems",
                                    report.reasons().stream().map(Reason::code).toList());
                            put(serving, found);
                            report.clockSkewMillis().ifPresent(skew -> found.put("clock_skew_seconds", skew / 1000.0));
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

    private static void put(View serving, Map<String, @Nullable Object> found) {
        found.put("database_engine", serving.database().name());
        found.put("database_version", serving.database().version());
        if (!serving.known()) {
            found.put(NODES, null);
        } else if (!serving.database().place().isEmpty()) {
            found.put("database_host", serving.database().place());
            found.put(NODES, nodes(serving));
        }
        found.put("blob_engine", serving.bucket().isEmpty() ? "folder" : serving.bucket());
    }

    private static List<Map<String, Object>> nodes(View serving) {
        return serving.nodes().stream()
                .map(node -> {
                    Map<String, Object> found = new LinkedHashMap<>();
                    found.put("name", node.name());
                    found.put("this", node.self());
                    found.put("address", node.address());
                    found.put("version", node.version());
                    found.put("schema", node.schema());
                    found.put("started", Instant.ofEpochMilli(node.startedAt()).toString());
                    found.put("seen", Instant.ofEpochMilli(node.seenAt()).toString());
                    found.put("leases", node.leases());
                    return found;
                })
                .toList();
    }
}
