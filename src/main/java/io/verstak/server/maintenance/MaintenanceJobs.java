package io.verstak.server.maintenance;

import io.verstak.server.blob.BlobGarbageCollector;
import io.verstak.server.blob.BlobGarbageCollector.Progress;
import io.verstak.server.config.RetentionConfig;
import io.verstak.server.maintenance.MaintenanceJob.Slice;
import io.verstak.server.storage.ExpiredRecords;
import io.verstak.server.storage.ExpiredRecords.Kind;
import io.verstak.server.storage.blob.QuotaWarnings;
import io.verstak.server.storage.vault.OrphanedVaultCleaner;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The clean-up jobs of every server. */
final class MaintenanceJobs {
    /** How long an unused blob can still be revived by an upload. */
    static final Duration GRACE = Duration.ofHours(24);

    /** As long as a browser keeps its cookie. */
    private static final Duration BROWSERS_KEPT = Duration.ofDays(400);

    private static final int ROWS = 500;

    private final ExpiredRecords records;
    private final OrphanedVaultCleaner vaults;
    private final BlobGarbageCollector blobs;
    private final QuotaWarnings quotas;
    private final LongSupplier serverQuota;
    private final Supplier<RetentionConfig> retention;

    /** A walk over a list, which starts from the beginning in each run. */
    private static Function<Instant, Future<Slice>> walk(BiFunction<String, Instant, Future<Progress>> step) {
        AtomicReference<String> next = new AtomicReference<>("");
        return now -> step.apply(next.get(), now).map(progress -> {
            next.set(progress.next());
            return new Slice(progress.changed(), !progress.next().isEmpty());
        });
    }

    MaintenanceJobs(
            ExpiredRecords records,
            OrphanedVaultCleaner vaults,
            BlobGarbageCollector blobs,
            QuotaWarnings quotas,
            LongSupplier serverQuota,
            Supplier<RetentionConfig> retention) {
        this.records = records;
        this.vaults = vaults;
        this.blobs = blobs;
        this.quotas = quotas;
        this.serverQuota = serverQuota;
        this.retention = retention;
    }

    /** In execution order: a job may leave work for the next one. */
    List<MaintenanceJob> all() {
        return List.of(
                expired("sessions", Kind.SESSIONS, () -> Duration.ZERO),
                expired("e-mail tokens", Kind.EMAIL_TOKENS, () -> Duration.ZERO),
                expired("connection codes", Kind.CONNECTION_CODES, () -> Duration.ZERO),
                expired("answered challenges", Kind.USED_CHALLENGES, () -> Duration.ZERO),
                expired("invitations", Kind.INVITATIONS, () -> Duration.ZERO),
                expired("invitations to vaults", Kind.VAULT_INVITATIONS, () -> Duration.ZERO),
                expired("setup tokens", Kind.SETUP_TOKENS, () -> Duration.ZERO),
                expired(
                        "kept answers",
                        Kind.IDEMPOTENCY_KEYS,
                        () -> Duration.ofHours(retention.get().idempotencyHours())),
                expired(
                        "audit entries",
                        Kind.AUDIT,
                        () -> Duration.ofDays(retention.get().auditDays())),
                expired("browsers", Kind.BROWSERS, () -> BROWSERS_KEPT),
                expired("counted attempts", Kind.RATE_BUCKETS, () -> Duration.ZERO),
                new MaintenanceJob(
                        "rows of deleted users", now -> vaults.deleteSlice().map(Slice::untilNothing)),
                new MaintenanceJob(
                        "blobs marked", walk((next, now) -> blobs.markUnreferenced(next, now.toEpochMilli()))),
                new MaintenanceJob(
                        "blobs", now -> blobs.reclaim(before(now, GRACE)).map(Slice::untilNothing)),
                new MaintenanceJob("stray files", walk((next, now) -> blobs.dropStrays(next, before(now, GRACE)))),
                new MaintenanceJob("deleted objects", now -> blobs.sweep().map(Slice::untilNothing)),
                new MaintenanceJob("storage warnings", warnings()),
                new MaintenanceJob(
                        "temporary files",
                        now -> blobs.dropTemporary(before(
                                        now, Duration.ofHours(retention.get().tempUploadHours())))
                                .map(removed -> new Slice(removed, false))));
    }

    /** Removes nothing, but looks at every user's storage. */
    private Function<Instant, Future<Slice>> warnings() {
        return walk((next, now) ->
                quotas.slice(next, serverQuota.getAsLong(), now.toEpochMilli()).map(after -> new Progress(0, after)));
    }

    private MaintenanceJob expired(String name, Kind kind, Supplier<Duration> kept) {
        return new MaintenanceJob(
                name,
                now -> records.delete(kind, before(now, kept.get()), ROWS)
                        .map(removed -> new Slice(removed, removed == ROWS)));
    }

    private static long before(Instant now, Duration kept) {
        return now.minus(kept).toEpochMilli();
    }
}
