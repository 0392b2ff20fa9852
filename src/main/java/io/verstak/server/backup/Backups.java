package io.verstak.server.backup;

import io.verstak.server.domain.Actor;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.sqlite.NativeLibraries;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What administrators see of the scheduled backups and do with them by hand: make one now, compare one with its hashes,
 * and download one. Safe for any thread; futures complete on the caller's context.
 */
public final class Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final int PATIENCE_DAYS = 30;

    private final Vertx vertx;
    private final BackupSchedule schedule;
    private final Clock clock;
    private final WorkerExecutor thread;
    private final AtomicReference<Work> work = new AtomicReference<>(Work.NONE);

    /**
     * What is being done by hand.
     *
     * @param kind {@code backup} or {@code verify}; empty: nothing
     * @param name the backup that is verified
     * @param since in milliseconds
     */
    public record Work(String kind, String name, long since) {
        static final Work NONE = new Work("", "", 0);
    }

    /** A run, and whether its backup is in the folder. */
    public record Row(BackupRun run, boolean present) {}

    /**
     * What there is.
     *
     * @param directory the folder of the schedule; empty: there is none
     * @param last when the last good backup was made, by whomever; null: never
     * @param due when the next one is; null: without a schedule
     * @param rows latest first
     */
    public record View(
            String directory,
            int everyHours,
            int keep,
            @Nullable Long last,
            @Nullable Long due,
            Work work,
            List<Row> rows) {}

    public Backups(Vertx vertx, BackupSchedule schedule, Clock clock) {
        this.vertx = vertx;
        this.schedule = schedule;
        this.clock = clock;
        this.thread = vertx.createSharedWorkerExecutor("backup-read", 2, PATIENCE_DAYS, TimeUnit.DAYS);
    }

    /** Returns schedule, state and history. */
    public Future<View> look() {
        return schedule.last()
                .compose(last -> vertx.executeBlocking(() -> view(last.map(Instant::toEpochMilli)), false));
    }

    private View view(Optional<Long> last) {
        String directory = schedule.folder().map(Path::toString).orElse("");
        long now = clock.millis();
        long every = Duration.ofHours(schedule.config().everyHours()).toMillis();
        return new View(
                directory,
                schedule.config().everyHours(),
                schedule.config().keep(),
                last.orElse(null),
                directory.isEmpty()
                        ? null
                        : last.map(at -> Math.max(now, at + every)).orElse(now),
                Objects.requireNonNullElse(work.get(), Work.NONE),
                rows());
    }

    private List<Row> rows() {
        Set<String> there = new HashSet<>(names());
        List<Row> rows = new ArrayList<>();
        for (BackupRun run : schedule.history().runs()) {
            rows.add(new Row(run, there.remove(run.name())));
        }
        there.forEach(name -> rows.add(new Row(BackupRun.found(name), true)));
        rows.sort(Comparator.comparingLong((Row row) -> row.run().at()).reversed());
        return List.copyOf(rows);
    }

    private List<String> names() {
        try {
            return schedule.folder().isEmpty()
                    ? List.of()
                    : new BackupFolder(schedule.folder().get().toAbsolutePath())
                            .all().stream()
                                    .map(each -> String.valueOf(each.getFileName()))
                                    .toList();
        } catch (IOException unreadable) {
            LOG.warn("the folder of backups cannot be read: {}", FailureReason.withFile(unreadable));
            return List.of();
        }
    }

    /**
     * Begins a backup, as the schedule makes it; {@link #look} shows how it ends. Fails with {@code CONFLICT} while another one or a
     * verification is running.
     */
    public Future<Void> makeNow(Actor actor) {
        return begin(
                new Work("backup", "", clock.millis()),
                () -> schedule.run(BackupSchedule.PAGE, actor.name()).mapEmpty());
    }

    /** Begins to compare a backup with its hashes. Fails as {@link #makeNow}, and with {@code NOT_FOUND}. */
    public Future<Void> verify(Actor actor, String name) {
        return find(name)
                .compose(backup -> begin(
                        new Work("verify", name, clock.millis()),
                        () -> thread.executeBlocking(() -> BackupCheck.run(backup, schedule::isRunning), false)
                                .recover(failure -> Future.succeededFuture(List.of(FailureReason.of(failure))))
                                .compose(problems -> wasThere(backup, problems))
                                .compose(problems -> verified(actor, name, problems))));
    }

    /** Fails if the problems say nothing of the backup: the server stopped, or the backup was deleted meanwhile by its schedule. */
    private Future<List<String>> wasThere(Path backup, List<String> problems) {
        return thread.executeBlocking(() -> Files.exists(backup), false)
                .compose(present -> problems.isEmpty() || (present && schedule.isRunning())
                        ? Future.succeededFuture(problems)
                        : ErrorCode.NOT_FOUND.refuse());
    }

    private Future<Void> verified(Actor actor, String name, List<String> problems) {
        if (!problems.isEmpty()) {
            LOG.error("the backup {} is damaged: {}", name, problems.get(0));
        }
        return vertx.<Void>executeBlocking(
                        () -> {
                            schedule.history().verified(name, clock.millis(), problems);
                            return null;
                        },
                        false)
                .compose(noted -> note(
                        problems.isEmpty() ? "backup_verified" : "backup_damaged",
                        problems.isEmpty() ? "A backup was verified" : "A backup is damaged",
                        actor,
                        name));
    }

    /** Notes in the audit log that an administrator downloads this backup. Fails with {@code NOT_FOUND}. */
    public Future<Void> allowDownload(Actor actor, String name) {
        return find(name).compose(backup -> note("backup_downloaded", "A backup was downloaded", actor, name));
    }

    /** Writes a backup as one {@code .tar.zst} on a thread of its own, and closes the stream. Fails with {@code NOT_FOUND}. */
    public Future<Void> download(String name, OutputStream out) {
        return find(name)
                .compose(backup -> thread.executeBlocking(
                        () -> {
                            NativeLibraries.loadZstd(backup);
                            BackupTar.write(backup, out, schedule::isRunning);
                            return null;
                        },
                        false));
    }

    private Future<Void> begin(Work wanted, Supplier<Future<Void>> task) {
        if (schedule.folder().isEmpty() || !work.compareAndSet(Work.NONE, wanted)) {
            return Future.failedFuture(new ServerException(Message.BACKUP_RUNNING));
        }
        task.get()
                .onComplete(done -> work.set(Work.NONE))
                .onFailure(failure -> LOG.error(
                        "{} that an administrator asked for failed: {}", wanted.kind(), FailureReason.of(failure)));
        return Future.succeededFuture();
    }

    private Future<Path> find(String name) {
        return vertx.executeBlocking(
                () -> {
                    if (!names().contains(name)) {
                        throw new ServerException(ErrorCode.NOT_FOUND);
                    }
                    return Path.of(schedule.config().directory()).resolve(name);
                },
                false);
    }

    private Future<Void> note(String type, String text, Actor actor, String name) {
        AuditEntry entry = new AuditEntry(
                type, "", "", actor.from(), "%s. (%s: %s)".formatted(text, actor.name(), name), 1, clock.millis());
        return schedule.audit().add(List.of(entry));
    }
}
