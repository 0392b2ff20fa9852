package io.verstak.server.maintenance;

import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.Leases.Lease;
import io.verstak.server.storage.MaintenanceStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the clean-up jobs one after the other, every hour and on request. Each run is audited. May be used from any
 * context; one run at a time.
 */
public final class MaintenanceScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceScheduler.class);
    private static final String NAME = "cleanup";

    /** Leaves the server idle for its first requests. */
    private static final long FIRST_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private static final long INTERVAL_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final Vertx vertx;
    private final List<MaintenanceJob> jobs;
    private final MaintenanceStore store;
    private final AuditStore audit;
    private final Leases leases;
    private final Clock clock;
    private @Nullable Future<Report> running;
    private volatile long timer;
    private volatile boolean stopping;

    /** The items removed by a run, by job, and the jobs that failed. */
    public record Report(Map<String, Long> removed, List<String> failed) {
        @Override
        public String toString() {
            String done = removed.entrySet().stream()
                    .filter(entry -> entry.getValue() > 0)
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", "));
            return (done.isEmpty() ? "nothing to remove" : done)
                    + (failed.isEmpty() ? "" : "; failed: " + String.join(", ", failed));
        }
    }

    MaintenanceScheduler(
            Vertx vertx,
            List<MaintenanceJob> jobs,
            MaintenanceStore store,
            AuditStore audit,
            Leases leases,
            Clock clock) {
        this.vertx = vertx;
        this.jobs = List.copyOf(jobs);
        this.store = store;
        this.audit = audit;
        this.leases = leases;
        this.clock = clock;
    }

    /**
     * Starts the hourly runs.
     *
     * @param may asked each time: nothing is deleted on the word of a damaged database
     */
    void start(BooleanSupplier may) {
        timer = vertx.setPeriodic(FIRST_MILLIS, INTERVAL_MILLIS, tick -> {
            if (may.getAsBoolean()) {
                run();
            }
        });
    }

    /** Stops the hourly runs; runs on request only. */
    public void onlyWhenAsked() {
        vertx.cancelTimer(timer);
    }

    /** Completes when no run is in progress, after the current slice. */
    Future<Void> stop() {
        stopping = true;
        Future<Report> now;
        synchronized (this) {
            now = running;
        }
        return now == null ? Future.succeededFuture() : now.transform(done -> Future.succeededFuture());
    }

    /** Cleans up now, or joins a run in progress. Never fails: failures are in the report. */
    public Future<Report> run() {
        return Future.fromCompletionStage(joined().toCompletionStage(), vertx.getOrCreateContext());
    }

    private synchronized Future<Report> joined() {
        Future<Report> now = running;
        if (now == null) {
            now = runAll(clock.instant());
            running = now;
            now.onComplete(done -> ended());
        }
        return now;
    }

    private synchronized void ended() {
        running = null;
    }

    /** Returns when the last run ended, in milliseconds since the epoch. */
    Future<OptionalLong> lastRun() {
        return store.get(NAME)
                .map(entry ->
                        entry.map(found -> OptionalLong.of(found.updatedAt())).orElse(OptionalLong.empty()));
    }

    private Future<Report> runAll(Instant now) {
        return leases.under(NAME, lease -> runAll(now, lease))
                .map(done -> done.orElse(new Report(Map.of(), List.of())))
                .recover(failure -> {
                    LOG.warn("the clean-up cannot begin: {}", FailureReason.of(failure));
                    return Future.succeededFuture(new Report(Map.of(), List.of(NAME)));
                });
    }

    private Future<Report> runAll(Instant now, Lease lease) {
        Map<String, Long> removed = new LinkedHashMap<>();
        List<String> failed = new ArrayList<>();
        return next(jobs.iterator(), now, lease, removed, failed)
                .map(done -> new Report(removed, failed))
                .compose(report -> note(report).map(report));
    }

    private Future<Void> next(
            Iterator<MaintenanceJob> rest, Instant now, Lease lease, Map<String, Long> removed, List<String> failed) {
        if (!rest.hasNext() || stopping || !lease.isHeld()) {
            return Future.succeededFuture();
        }
        MaintenanceJob job = rest.next();
        return slices(job, now, lease)
                .onSuccess(count -> removed.put(job.name(), count))
                .recover(failure -> {
                    LOG.warn("cleaning up {} failed: {}", job.name(), FailureReason.of(failure));
                    failed.add(job.name());
                    return Future.succeededFuture(0L);
                })
                .compose(done -> next(rest, now, lease, removed, failed));
    }

    /** A loop instead of a chain of futures, since each of many thousand slices would hold the previous one. */
    private Future<Long> slices(MaintenanceJob job, Instant now, Lease lease) {
        Promise<Long> all = Promise.promise();
        slices(job, now, lease, 0, all);
        return all.future();
    }

    private void slices(MaintenanceJob job, Instant now, Lease lease, long before, Promise<Long> all) {
        job.work().apply(now).onFailure(all::fail).onSuccess(slice -> {
            long total = before + slice.removed();
            if (slice.more() && !stopping && lease.isHeld()) {
                slices(job, now, lease, total, all);
            } else {
                all.complete(total);
            }
        });
    }

    private Future<Void> note(Report report) {
        long now = clock.millis();
        LOG.info("cleaned up: {}", report);
        return audit.add(List.of(new AuditEntry("cleanup", "", "", "", "Cleaned up: " + report, 1, now)))
                .compose(noted -> store.put(NAME, report.toString(), now))
                .recover(failure -> {
                    LOG.warn("cannot write the clean-up to the audit log: {}", FailureReason.of(failure));
                    return Future.succeededFuture();
                });
    }
}
