package io.verstak.server;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobService;
import io.verstak.server.blob.KeyedMutex;
import io.verstak.server.blob.QuotaService;
import io.verstak.server.blob.resumable.ResumableUploadService;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.FairPool;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.blob.BlobIndex;
import io.verstak.server.storage.blob.BlobRepository;
import io.verstak.server.storage.blob.UploadLockStore;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns the blobs. Uploads in one piece and resumable ones share its quota, its slots, and the order of each blob. */
final class BlobVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(BlobVerticle.class);
    private static final int LAST_UPLOADS_SECONDS = 2;

    /** What one user's uploads may take at once, at least: several desktops with all of their connections. */
    private static final int FEW_UPLOADS = 16;

    /** One user's part of all uploads, above that. */
    private static final int USERS_PART = 4;

    private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final Bus bus;
    private final Database database;
    private final Leases leases;
    private final String node;
    private final BlobBackend backend;
    private final FairPool<String> slots;
    private final BlobService blobs;
    private final ResumableUploadService resumable;
    private final Supplier<ServerConfig> config;
    private final Clock clock;

    /** @param node the name of this node; empty if there is only one */
    BlobVerticle(
            Vertx vertx,
            Bus bus,
            Database database,
            BlobBackend backend,
            Supplier<ServerConfig> config,
            Leases leases,
            String node,
            Clock clock) {
        this.bus = bus;
        this.database = database;
        this.leases = leases;
        this.node = node;
        this.backend = backend;
        this.config = config;
        this.clock = clock;
        int maxUploads = config.get().storage().maxUploads();
        slots = FairPool.of(maxUploads, Math.max(FEW_UPLOADS, maxUploads / USERS_PART));
        BlobIndex index = new BlobIndex(database);
        QuotaService quotas = new QuotaService(index, () -> config.get().limits());
        LongSupplier maxBlobBytes = () -> config.get().limits().maxBlobBytes();
        KeyedMutex mutex = new KeyedMutex();
        blobs = new BlobService(
                bus, index, new BlobRepository(database), backend, quotas, slots, mutex, maxBlobBytes, clock);
        UploadStore uploads = new UploadStore(database, node, backend.sharesStaged());
        Optional<UploadLockStore> shared = database.isShared() && backend.sharesStaged()
                ? Optional.of(new UploadLockStore(database, node + " " + UUID.randomUUID()))
                : Optional.empty();
        resumable = new ResumableUploadService(
                vertx, bus, uploads, index, blobs, backend, quotas, slots, mutex, shared, maxBlobBytes, clock);
    }

    @Override
    public Future<?> start() {
        resumable.start();
        Future<?> recovered = database.isDamaged() ? Future.succeededFuture() : resumable.recover();
        return recovered
                .compose(clean -> Future.all(blobs.serve(bus), resumable.serve(bus)))
                .onSuccess(served -> vertx.setPeriodic(SWEEP_MILLIS, now -> {
                    if (!database.isDamaged()) {
                        sweep().onFailure(failure -> LOG.warn("leftovers of uploads stay for now", failure));
                    }
                }));
    }

    /** Expired uploads are removed by one node if their bytes are in a bucket, and else by the node that has them. */
    Future<Void> sweep() {
        String name = backend.sharesStaged() ? "expired uploads" : ("expired uploads " + node).strip();
        return leases.under(name, lease -> resumable.sweep()).compose(swept -> dropStaged());
    }

    /** Staged bytes are on the disk of this node. Where it is the only one, the clean-up removes them. */
    private Future<Void> dropStaged() {
        return database.isShared()
                ? backend.dropStaged(clock.millis()
                                - TimeUnit.HOURS.toMillis(
                                        config.get().retention().tempUploadHours()))
                        .mapEmpty()
                : Future.succeededFuture();
    }

    /** Waits a limited time for open uploads. Their connections are closed by now, so each of them ends. */
    @Override
    public Future<?> stop() {
        Future<Void> late = vertx.timer(LAST_UPLOADS_SECONDS, TimeUnit.SECONDS).mapEmpty();
        return Future.any(Future.fromCompletionStage(slots.close(), context), late)
                .compose(done -> backend.close());
    }
}
