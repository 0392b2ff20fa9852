package io.verstak.server.backup;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
    private final WorkerExecutor verifier;
    private final BackupDownloads downloads;
    private final AtomicReference<@Nullable Work> verifying = new AtomicReference<>();

    /**
     * What is being done.
     *
     * @param kind {@code backup} or {@code verify}
     * @param name the backup that is verified; empty: one is being made
     * @param since in milliseconds
     */
    public record Work(String kind, String name, long since) {}

    /** A run, and whether its backup is in the folder. */
    public record Row(BackupRun run, boolean present) {}

    /**
     * What there is.
     *
     * @param directory the folder of the schedule; empty: there is none
     * @param last when the last good backup was made, by whomever; null: never
     * @param due when the next one is; null: without a schedule
     * @param answers whether the folder could be read; otherwise nobody knows which of the runs' backups are there
     * @param rows latest first
     */
    public record View(
            String directory,
            int everyHours,
            int keep,
            @Nullable Long last,
            @Nullable Long due,
            List<Work> work,
            boolean answers,
            List<Row> rows) {}

    public Backups(Vertx vertx, BackupSchedule schedule, Clock clock) {
        this.vertx = vertx;
        this.schedule = schedule;
        this.clock = clock;
        this.verifier = vertx.createSharedWorkerExecutor("backup-verify", 1, PATIENCE_DAYS, TimeUnit.DAYS);
        this.downloads = new BackupDownloads(vertx, schedule::isRunning, clock);
    }

    /** Returns schedule, state and history; also while the folder does not answer. */
    public Future<View> look() {
        Future<Optional<Instant>> last = schedule.last();
        Future<List<BackupRun>> runs =
                vertx.executeBlocking(() -> schedule.history().runs(), false);
        Future<Optional<List<String>>> there = names().map(Optional::of).otherwise(Optional.empty());
        return Future.all(last, runs, there)
                .map(all -> view(last.result().map(Instant::toEpochMilli), runs.result(), there.result()));
    }

    private View view(Optional<Long> last, List<BackupRun> runs, Optional<List<String>> there) {
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
                work(),
                there.isPresent(),
                rows(runs, there.orElse(List.of())));
    }

    private List<Work> work() {
        List<Work> work = new ArrayList<>();
        long making = schedule.makingSince();
        if (making > 0) {
            work.add(new Work("backup", "", making));
        }
        Optional.ofNullable(verifying.get()).ifPresent(work::add);
        return List.copyOf(work);
    }

    private static List<Row> rows(List<BackupRun> runs, List<String> names) {
        Set<String> there = new HashSet<>(names);
        List<Row> rows = new ArrayList<>();
        for (BackupRun run : runs) {
            rows.add(new Row(run, there.remove(run.name())));
        }
        there.forEach(name -> rows.add(new Row(BackupRun.found(name), true)));
        rows.sort(Comparator.comparingLong((Row row) -> row.run().at()).reversed());
        return List.copyOf(rows);
    }

    private Future<List<String>> names() {
        Optional<Path> folder = schedule.folder();
        if (folder.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return schedule.atFolder(() -> new BackupFolder(folder.get().toAbsolutePath())
                        .all().stream()
                                .map(each -> String.valueOf(each.getFileName()))
                                .toList())
                .onFailure(unreadable ->
                        LOG.warn("cannot see which backups there are: {}", FailureReason.withFile(unreadable)))
                .recover(unreadable -> unreadable instanceof ServerException
                        ? Future.failedFuture(unreadable)
                        : Message.BACKUP_FOLDER_SILENT.refuse());
    }

    /**
     * Begins a backup, as the schedule makes it; {@link #look} shows how it ends. Fails with {@code CONFLICT} while another one is being
     * made there, and with {@code UNAVAILABLE} when the folder does not answer.
     */
    public Future<Void> makeNow(Actor actor) {
        if (schedule.folder().isEmpty()) {
            return Message.BACKUP_RUNNING.refuse();
        }
        return schedule.begin(actor.name())
                .onSuccess(made -> made.onFailure(failure ->
                        LOG.error("a backup that an administrator asked for failed: {}", FailureReason.of(failure))))
                .mapEmpty();
    }

    /**
     * Begins to compare a backup with its hashes; {@link #look} shows the result. Fails with {@code NOT_FOUND}, with {@code CONFLICT} during
     * another verification, and with {@code UNAVAILABLE} when the folder does not answer.
     */
    public Future<Void> verify(Actor actor, String name) {
        return find(name).compose(backup -> {
            if (!verifying.compareAndSet(null, new Work("verify", name, clock.millis()))) {
                return Message.BACKUP_RUNNING.refuse();
            }
            check(actor, backup)
                    .onComplete(done -> verifying.set(null))
                    .onFailure(failure ->
                            LOG.error("the verification of {} cannot be noted: {}", name, FailureReason.of(failure)));
            return Future.succeededFuture();
        });
    }

    private Future<Void> check(Actor actor, Path backup) {
        return verifier.executeBlocking(() -> BackupCheck.run(backup, schedule::isRunning), false)
                .recover(failure -> unreadable(backup, failure))
                .compose(problems -> verifier.executeBlocking(() -> BackupFolder.isBackup(backup), false)
                        .compose(present -> present && schedule.isRunning()
                                ? verified(actor, String.valueOf(backup.getFileName()), problems)
                                : givenUp(backup)));
    }

    private static Future<List<Finding>> unreadable(Path backup, Throwable failure) {
        LOG.warn("the verification of {} has ended: {}", backup, FailureReason.withFile(failure));
        return Future.succeededFuture(List.of(new Finding(BackupProblem.UNREADABLE, "")));
    }

    /** What was found says nothing of the backup: the server stops, or the backup was deleted meanwhile. */
    private static Future<Void> givenUp(Path backup) {
        LOG.info("the verification of {} was given up: the backup was deleted, or the server stops", backup);
        return Future.succeededFuture();
    }

    private Future<Void> verified(Actor actor, String name, List<Finding> problems) {
        if (!problems.isEmpty()) {
            LOG.error("the backup {} is damaged: {}", name, problems.get(0).text());
        }
        return verifier.<Void>executeBlocking(
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

    /**
     * Lets a session begin one download of this backup within a minute. Fails with {@code NOT_FOUND}, and with {@code UNAVAILABLE} when the
     * folder does not answer.
     */
    public Future<Void> allowDownload(SessionIdentity session, String name) {
        return find(name).onSuccess(backup -> downloads.allow(session, name)).mapEmpty();
    }

    /**
     * Writes a backup as one {@code .tar.zst} on a thread of its own, and closes the stream; the audit log has it first. Nothing is written
     * to the stream before it is known that the backup is there. Fails with {@code GONE} without a permission of {@link #allowDownload}
     * that was not used, with {@code UNAVAILABLE} while others download, with {@code NOT_FOUND} when the backup has been deleted, and with {@code
     * BLOB_UNAVAILABLE} when it cannot be sent to its end.
     */
    public Future<Void> download(Actor actor, SessionIdentity session, String name, OutputStream out) {
        return downloads
                .place(actor, session, name)
                .compose(place -> find(name)
                        .map(backup -> {
                            downloads.redeem(session, name);
                            return backup;
                        })
                        .compose(backup -> note("backup_downloaded", "A backup was downloaded", actor, name)
                                .compose(noted -> downloads.send(actor, backup, out)))
                        .onComplete(sent -> place.close()));
    }

    private Future<Path> find(String name) {
        return names().map(all -> {
            if (!all.contains(name)) {
                throw new ServerException(ErrorCode.NOT_FOUND);
            }
            return Path.of(schedule.config().directory()).resolve(name);
        });
    }

    private Future<Void> note(String type, String text, Actor actor, String name) {
        AuditEntry entry = new AuditEntry(
                type, "", "", actor.from(), "%s. (%s: %s)".formatted(text, actor.name(), name), 1, clock.millis());
        return schedule.audit().add(List.of(entry));
    }
}
