package io.verstak.server.backup;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.config.StorageConfig;
import io.verstak.server.domain.SteadyClock;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.Leases.Lease;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the scheduled backups, on a thread of their own. Audits each backup and each failure. */
public final class BackupSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
    static final String SCHEDULE = "schedule";
    static final String PAGE = "page";
    private static final long FIRST_MILLIS = TimeUnit.SECONDS.toMillis(30);
    private static final long LOOK_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final Duration AFTER_FAILURE = Duration.ofHours(1);
    private static final int PATIENCE_DAYS = 30;
    private static final int LOOKS_AT_ONCE = 8;
    private static final Duration LOOK_PATIENCE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final DataDirectory directory;
    private final StorageConfig.Backup config;
    private final AuditStore audit;
    private final Leases leases;
    private final Clock clock;
    private final Clock steady;
    private final WorkerExecutor thread;
    private final FolderThreads folderThreads;
    private final LongAdder failures = new LongAdder();
    private final AtomicLong makingSince = new AtomicLong();
    private final BackupHistory history;
    private volatile boolean stopping;
    private volatile Instant notBefore = Instant.MIN;
    private volatile boolean failed;

    public BackupSchedule(
            Vertx vertx,
            DataDirectory directory,
            StorageConfig.Backup config,
            AuditStore audit,
            Leases leases,
            Clock clock) {
        this.vertx = vertx;
        this.directory = directory;
        this.config = config;
        this.audit = audit;
        this.leases = leases;
        this.clock = clock;
        this.history = new BackupHistory(directory);
        this.steady = SteadyClock.of(clock);
        this.thread = vertx.createSharedWorkerExecutor("backup", 1, PATIENCE_DAYS, TimeUnit.DAYS);
        this.folderThreads = new FolderThreads(vertx, LOOKS_AT_ONCE, LOOK_PATIENCE);
    }

    /** Begins to look whether one is due. */
    public void start() {
        if (!config.directory().isBlank()) {
            vertx.setPeriodic(FIRST_MILLIS, LOOK_MILLIS, tick -> runIfDue());
        }
    }

    /** Gives up what is being made; nothing of it is left. */
    public Future<Void> stop() {
        stopping = true;
        return thread.close();
    }

    /** When the last good backup was made, by this or by hand. */
    Future<Optional<Instant>> last() {
        return vertx.executeBlocking(() -> LastBackup.of(directory, clock.instant()), false);
    }

    /** Returns whether the latest scheduled backup failed. */
    public boolean hasFailed() {
        return failed;
    }

    /** Returns how many backups have failed since the start of the server. */
    public long failures() {
        return failures.sum();
    }

    /** Returns the folder of the backups; empty when there is no schedule. */
    public Optional<Path> folder() {
        return config.directory().isBlank() ? Optional.empty() : Optional.of(Path.of(config.directory()));
    }

    /**
     * Looks at the folder of backups on threads of its own: on a dead network file system this blocks nothing else. Fails with {@code
     * UNAVAILABLE} when the folder does not answer.
     */
    public <T> Future<T> atFolder(Callable<T> look) {
        return folderThreads.run(look);
    }

    /** Returns since when a backup is being made, in milliseconds; 0: none is. */
    long makingSince() {
        return makingSince.get();
    }

    private void runIfDue() {
        if (steady.instant().isBefore(notBefore)) {
            return;
        }
        last().compose(last -> isDue(last) ? runUnlessAnother() : Future.succeededFuture(Optional.empty()))
                .onFailure(failure -> LOG.error(
                        "scheduled backup failed, trying again in {} minutes: {}",
                        AFTER_FAILURE.toMinutes(),
                        FailureReason.of(failure)));
    }

    private boolean isDue(Optional<Instant> last) {
        return last.map(at -> !clock.instant().isBefore(at.plus(Duration.ofHours(config.everyHours()))))
                .orElse(true);
    }

    /** Makes one now. Fails when another backup is being made there. */
    public Future<Backup.Report> run() {
        return runUnlessAnother().map(made -> made.orElseThrow(() -> Backup.another(target())));
    }

    /**
     * Begins one that an administrator asks for. Fails with {@code CONFLICT} while another one is being made there, and with {@code
     * UNAVAILABLE} when the folder does not answer.
     *
     * @param administrator for the audit log
     * @return the backup that has begun
     */
    Future<Future<Backup.Report>> begin(String administrator) {
        return lease().map(taken ->
                run(taken.orElseThrow(() -> new ServerException(Message.BACKUP_RUNNING)), PAGE, administrator));
    }

    BackupHistory history() {
        return history;
    }

    StorageConfig.Backup config() {
        return config;
    }

    AuditStore audit() {
        return audit;
    }

    boolean isRunning() {
        return !stopping;
    }

    /** Empty while another backup into this folder is being made, by a command: there is one when it has ended. */
    private Future<Optional<Backup.Report>> runUnlessAnother() {
        return lease().compose(
                        taken -> taken.isEmpty()
                                ? Future.succeededFuture(Optional.empty())
                                : run(taken.get(), SCHEDULE, "").map(Optional::of),
                        failure -> notBegun(failure).transform(noted -> Future.failedFuture(failure)));
    }

    private Future<Optional<Lease>> lease() {
        return atFolder(() -> Backup.leaseName(target())).compose(leases::take);
    }

    private Future<Void> notBegun(Throwable failure) {
        failed = true;
        return vertx.<Void>executeBlocking(
                        () -> {
                            history.add(BackupRun.failed(SCHEDULE, clock.millis(), 0, Finding.of(failure)));
                            return null;
                        },
                        false)
                .compose(noted -> failed());
    }

    private Future<Void> failed() {
        failures.increment();
        notBefore = steady.instant().plus(AFTER_FAILURE);
        return note("backup_failed", "A backup failed; the log says why.");
    }

    private Path target() {
        return Path.of(config.directory());
    }

    private Future<Backup.Report> run(Lease lease, String by, String administrator) {
        makingSince.set(clock.millis());
        return thread.executeBlocking(() -> new Backup(directory, clock, () -> !stopping && lease.isHeld())
                        .makeScheduled(target(), config.keep(), by))
                .onSuccess(this::tell)
                .onComplete(made -> {
                    failed = made.failed();
                    makingSince.set(0);
                })
                .eventually(lease::release)
                .compose(
                        made -> note(
                                        "backup",
                                        "A backup of %s operations and %s blobs was made%s.%s"
                                                .formatted(
                                                        made.operations(),
                                                        made.blobs(),
                                                        made.damaged().isEmpty()
                                                                ? ""
                                                                : "; "
                                                                        + made.damaged()
                                                                                .size() + " blobs are damaged",
                                                        administrator.isEmpty() ? "" : " (" + administrator + ")"))
                                .map(made),
                        failure -> failed().transform(noted -> Future.failedFuture(failure)));
    }

    private void tell(Backup.Report made) {
        LOG.info(
                "a backup was made: {} ({} operations, {} blobs, {} deleted before it)",
                made.place(),
                made.operations(),
                made.blobs(),
                made.deleted());
        if (!made.damaged().isEmpty()) {
            LOG.warn(
                    "{} blobs are damaged and not in the backup", made.damaged().size());
        }
    }

    private Future<Void> note(String type, String text) {
        return audit.add(List.of(new AuditEntry(type, "", "", "", text, 1, clock.millis())));
    }
}
