package io.verstak.server.maintenance;

import io.verstak.server.backup.BackupSchedule;
import io.verstak.server.blob.BlobGarbageCollector;
import io.verstak.server.blob.BlobScrubber;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.ExpiredRecords;
import io.verstak.server.storage.ExpiredRecords.Kind;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.MaintenanceStore;
import io.verstak.server.storage.blob.BlobRepository;
import io.verstak.server.storage.blob.BlobRepository.DamagedBlob;
import io.verstak.server.storage.blob.QuotaWarnings;
import io.verstak.server.storage.vault.OrphanedVaultCleaner;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The maintenance that runs in the background, and its state for administrators. May be used from any context; a verticle only to be started and stopped. */
public final class Maintenance extends VerticleBase {
    private final MaintenanceScheduler cleanup;
    private final ExpiredRecords records;
    private final BlobRepository repository;
    private final BlobGarbageCollector blobs;
    private final ScrubSchedule scrub;
    private final BackupSchedule backups;
    private final Clock clock;
    private final Database database;

    /**
     * The work that waits for the clean-up.
     *
     * @param lastCleanup when the last one ended, in milliseconds since the epoch; empty if never
     * @param orphanBlobs that no vault holds; each is deleted a day after that was first seen
     * @param temporaryUploads files of uploads in progress and of broken ones
     */
    public record Status(
            OptionalLong lastCleanup,
            long orphanBlobs,
            long damagedBlobs,
            long temporaryUploads,
            long expiredSessions,
            long expiredEmailTokens) {}

    public Maintenance(
            Vertx vertx,
            Database database,
            BlobGarbageCollector blobs,
            BlobScrubber scrub,
            BackupSchedule backups,
            Supplier<ServerConfig> config,
            Leases leases,
            Clock clock) {
        this.database = database;
        this.blobs = blobs;
        this.backups = backups;
        MaintenanceStore store = new MaintenanceStore(database);
        this.clock = clock;
        records = new ExpiredRecords(database);
        repository = new BlobRepository(database);
        cleanup = new MaintenanceScheduler(
                vertx,
                new MaintenanceJobs(
                                records,
                                new OrphanedVaultCleaner(database),
                                blobs,
                                new QuotaWarnings(database),
                                () -> config.get().limits().maxUserBlobBytes(),
                                () -> config.get().retention())
                        .all(),
                store,
                new AuditStore(database),
                leases,
                clock);
        this.scrub = new ScrubSchedule(
                vertx, scrub, repository, store, () -> config.get().storage().scrub(), leases, clock);
    }

    @Override
    public Future<?> start() {
        cleanup.start(() -> !database.isDamaged());
        scrub.start(() -> !database.isDamaged());
        backups.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return Future.join(cleanup.stop(), scrub.stop(), backups.stop()).mapEmpty();
    }

    /** Returns the scrub, which reads some blobs each day. */
    public ScrubSchedule scrub() {
        return scrub;
    }

    /** Returns the backup schedule; {@link BackupSchedule#last} is when the last good backup was made. */
    public BackupSchedule backups() {
        return backups;
    }

    /** Returns the hourly clean-up; {@link MaintenanceScheduler#run} runs it now. */
    public MaintenanceScheduler cleanup() {
        return cleanup;
    }

    public Future<Status> status() {
        long now = clock.millis();
        Future<OptionalLong> last = cleanup.lastRun();
        Future<Long> orphans = repository.countUnreferenced();
        Future<Long> damaged = repository.countDamaged();
        Future<Integer> temporary = blobs.temporary();
        Future<Long> sessions = records.count(Kind.SESSIONS, now);
        Future<Long> tokens = records.count(Kind.EMAIL_TOKENS, now);
        return Future.all(last, orphans, damaged, temporary, sessions, tokens)
                .map(all -> new Status(
                        last.result(),
                        orphans.result(),
                        damaged.result(),
                        temporary.result(),
                        sessions.result(),
                        tokens.result()));
    }

    /** Returns blobs whose files are damaged or missing until the same bytes are uploaded again, latest first. */
    public Future<List<DamagedBlob>> damagedBlobs(int limit) {
        return repository.damaged(limit);
    }
}
