package io.verstak.server.metrics;

import io.verstak.server.backup.LastBackup;
import io.verstak.server.domain.BuildInfo;
import io.verstak.server.domain.SteadyClock;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Database.Condition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whether the server can serve: the database answers, can be written to and is undamaged, the upload folder is writable, and a
 * bucket keeps what it is given. Caches the result for a few seconds, so that frequent probes cause no I/O.
 */
public final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final long KEPT_MILLIS = TimeUnit.SECONDS.toMillis(3);

    /** A bucket is asked less often: each probe stores an object. */
    private static final long BLOBS_KEPT_MILLIS = TimeUnit.SECONDS.toMillis(10);

    /** A database or a bucket across a network that is silent for so long is out of reach. The embedded database is waited for. */
    private static final long SILENT_MILLIS = TimeUnit.SECONDS.toMillis(3);

    private final Outage refusing = new Outage(LOG, "the store of blobs does not keep what it is given");
    private final Vertx vertx;
    private final Database database;
    private final DataDirectory directory;
    private final Clock clock;
    private final Clock steady;
    private final BuildInfo build = BuildInfo.load();
    private final long startedAt;
    private final AtomicReference<@Nullable Probe> latest = new AtomicReference<>();
    private final Supplier<Future<Void>> blobs;
    private final BooleanSupplier hearsOthers;
    private final NodeState node;
    private final AtomicReference<Map<Reason, String>> told = new AtomicReference<>(Map.of());
    private volatile boolean draining;
    private final AtomicReference<@Nullable BlobProbe> latestOfBlobs = new AtomicReference<>();

    /** Why a server is not fit, or not wholly well. */
    public enum Reason {
        DATABASE_UNREACHABLE,
        DATABASE_DAMAGED,
        DATABASE_READ_ONLY,
        DATABASE_NOT_DURABLE,
        SCHEMA_UNKNOWN,
        BLOB_STORAGE_REFUSES,
        CLOCK_WRONG,
        NO_SYNCHRONOUS_STANDBY,
        /** The node is about to stop: it serves on, and its clients are to go to another one. */
        DRAINING,
        /** Clients of this node learn of changes on other nodes late: a reason to look, not to send them elsewhere. */
        NODES_NOT_HEARD;

        /** Returns the name for programs. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The result of a check.
     *
     * @param databaseDamaged whether corruption was detected; reads are still served, writes are refused
     * @param reasons what is wrong; empty: nothing
     * @param lastBackupAgeSeconds the age of the last good backup; empty if there is none
     * @param clockSkewMillis how far the node's own clock is ahead of the database's; empty if they are one
     */
    public record Report(
            String version,
            String commit,
            long uptimeSeconds,
            boolean databaseReachable,
            boolean databaseDamaged,
            boolean blobStorageWritable,
            int schemaVersion,
            List<Reason> reasons,
            OptionalLong lastBackupAgeSeconds,
            OptionalLong clockSkewMillis) {

        /** Returns whether the server is fit to serve. */
        public boolean fit() {
            return reasons.isEmpty() || reasons.equals(List.of(Reason.NODES_NOT_HEARD));
        }
    }

    private record Probe(long at, Future<Found> result) {}

    private record BlobProbe(long at, Future<Boolean> result) {}

    private record Found(Condition database, Disk disk, Map<Reason, String> ofNode) {}

    private record Disk(boolean writable, Optional<Instant> lastBackup) {
        Disk and(boolean alsoWritable) {
            return new Disk(writable && alsoWritable, lastBackup);
        }
    }

    /**
     * @param blobs fails when the store of blobs does not keep what it is given
     * @param hearsOthers whether changes on other nodes are known here at once
     */
    public Health(
            Vertx vertx,
            Database database,
            DataDirectory directory,
            Supplier<Future<Void>> blobs,
            BooleanSupplier hearsOthers,
            NodeState node,
            Clock clock) {
        this.vertx = vertx;
        this.blobs = blobs;
        this.hearsOthers = hearsOthers;
        this.node = node;
        this.database = database;
        this.directory = directory;
        this.clock = clock;
        this.steady = SteadyClock.of(clock);
        this.startedAt = steady.millis();
    }

    /** From now on the server is not fit to serve, since it is about to stop. */
    public void drain() {
        draining = true;
    }

    public Future<Report> report() {
        // The cached probe may complete on another caller's context; return to this one's.
        return Future.fromCompletionStage(probe().toCompletionStage(), vertx.getOrCreateContext())
                .map(found -> new Report(
                        build.version(),
                        build.commit(),
                        TimeUnit.MILLISECONDS.toSeconds(steady.millis() - startedAt),
                        found.database() != Condition.UNREACHABLE,
                        database.isDamaged(),
                        found.disk().writable(),
                        database.schemaVersion(),
                        reasons(found),
                        age(found.disk().lastBackup()),
                        node.clockSkewMillis().get()));
    }

    private List<Reason> reasons(Found found) {
        List<Reason> reasons = new ArrayList<>();
        switch (found.database()) {
            case UNREACHABLE -> reasons.add(Reason.DATABASE_UNREACHABLE);
            case READ_ONLY -> reasons.add(Reason.DATABASE_READ_ONLY);
            case NEWER_SCHEMA -> reasons.add(Reason.SCHEMA_UNKNOWN);
            case NOT_DURABLE -> reasons.add(Reason.DATABASE_NOT_DURABLE);
            case FIT -> {}
        }
        if (database.isDamaged()) {
            reasons.add(Reason.DATABASE_DAMAGED);
        }
        if (!found.disk().writable()) {
            reasons.add(Reason.BLOB_STORAGE_REFUSES);
        }
        reasons.addAll(found.ofNode().keySet());
        if (draining) {
            reasons.add(Reason.DRAINING);
        }
        if (!hearsOthers.getAsBoolean()) {
            reasons.add(Reason.NODES_NOT_HEARD);
        }
        return reasons;
    }

    private OptionalLong age(Optional<Instant> backup) {
        return backup.map(at -> OptionalLong.of(
                        Math.max(0, Duration.between(at, clock.instant()).toSeconds())))
                .orElse(OptionalLong.empty());
    }

    private Future<Found> probe() {
        long now = steady.millis();
        Probe kept = latest.get();
        if (kept != null && now - kept.at() < KEPT_MILLIS) {
            return kept.result();
        }
        Future<Condition> condition = condition();
        Future<Disk> disk = vertx.executeBlocking(this::disk, false);
        Future<Boolean> stores = probeBlobs(now);
        Future<Map<Reason, String>> ofNode = node.problems()
                .get()
                .timeout(SILENT_MILLIS, TimeUnit.MILLISECONDS)
                .recover(late -> Future.succeededFuture(told.get()))
                .onSuccess(this::tell);
        Future<Found> result = Future.all(condition, disk, stores, ofNode)
                .map(all -> new Found(condition.result(), disk.result().and(stores.result()), ofNode.result()));
        latest.set(new Probe(now, result));
        return result;
    }

    /** Once for each change. */
    private void tell(Map<Reason, String> problems) {
        Set<Reason> before = told.getAndSet(problems).keySet();
        if (!before.containsAll(problems.keySet())) {
            LOG.warn("this node is not ready: {}", String.join("; ", problems.values()));
        } else if (problems.isEmpty() && !before.isEmpty()) {
            LOG.info("this node is ready again");
        }
    }

    private Future<Condition> condition() {
        Future<Condition> condition = database.condition();
        return database.isShared()
                ? condition.timeout(SILENT_MILLIS, TimeUnit.MILLISECONDS).otherwise(Condition.UNREACHABLE)
                : condition;
    }

    private Future<Boolean> probeBlobs(long now) {
        BlobProbe kept = latestOfBlobs.get();
        if (kept != null && now - kept.at() < BLOBS_KEPT_MILLIS) {
            return kept.result();
        }
        Future<Boolean> result = refusing.watch(blobs.get().timeout(SILENT_MILLIS, TimeUnit.MILLISECONDS))
                .map(true)
                .otherwise(false);
        latestOfBlobs.set(new BlobProbe(now, result));
        return result;
    }

    private Disk disk() {
        boolean writable = writable(directory.temp());
        try {
            return new Disk(writable, LastBackup.of(directory, clock.instant()));
        } catch (IOException e) {
            LOG.warn("cannot read the time of the last backup: {}", FailureReason.of(e));
            return new Disk(writable, Optional.empty());
        }
    }

    private static boolean writable(Path folder) {
        try {
            Path file = Files.createTempFile(folder, "upload-probe", null, DataDirectory.filePermissions());
            try {
                Files.write(file, new byte[] {1});
            } finally {
                Files.delete(file);
            }
            return true;
        } catch (IOException e) {
            LOG.warn("cannot write to the blob folder: {}", FailureReason.of(e));
            return false;
        }
    }
}
