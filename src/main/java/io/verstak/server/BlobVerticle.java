package io.verstak.server;

import io.verstak.server.blob.BlobCommit;
import io.verstak.server.blob.BlobGarbageCollector;
import io.verstak.server.blob.BlobLookup;
import io.verstak.server.blob.BlobQuarantine;
import io.verstak.server.blob.BlobRemoval;
import io.verstak.server.blob.BlobScrubber;
import io.verstak.server.blob.BusBlobStore;
import io.verstak.server.blob.BusBlobStore.Find;
import io.verstak.server.blob.BusBlobStore.Finished;
import io.verstak.server.blob.BusBlobStore.Missing;
import io.verstak.server.blob.BusBlobStore.Ticket;
import io.verstak.server.blob.KeyedMutex;
import io.verstak.server.blob.QuotaService;
import io.verstak.server.blob.StoredBlob;
import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.blob.file.BlobFile;
import io.verstak.server.blob.resumable.BusResumableUploads;
import io.verstak.server.blob.resumable.ResumableUploadService;
import io.verstak.server.blob.resumable.UploadCreation;
import io.verstak.server.blob.resumable.UploadFinalizer;
import io.verstak.server.blob.resumable.UploadLocks;
import io.verstak.server.blob.resumable.UploadSweeper;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.blob.BlobIndex;
import io.verstak.server.storage.blob.BlobRepository;
import io.verstak.server.storage.blob.UploadStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Owns the blobs: opens uploads, stores finished ones, and looks files up. */
public final class BlobVerticle extends VerticleBase {
    private static final int LAST_UPLOADS_SECONDS = 2;

    /** What one user's uploads may take at once, at least: several desktops with all of their connections. */
    private static final int FEW_UPLOADS = 16;

    /** One user's part of all uploads, above that. */
    private static final int USERS_PART = 4;

    private static final int LIST_PART = 500;
    private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final Bus bus;
    private final BlobDisk disk;
    private final Database database;
    private final BlobIndex index;
    private final QuotaService quotas;
    private final KeyedMutex turns = new KeyedMutex();
    private final BlobCommit commit;
    private final BlobLookup lookup;
    private final BlobRemoval reclaim;
    private final BlobQuarantine quarantine;
    private final FairPool<String> slots;
    private final UploadCreation creation;
    private final UploadSweeper expiry;
    private final ResumableUploadService desk;

    public BlobVerticle(
            Vertx vertx, Bus bus, Database database, BlobDisk disk, Supplier<ServerConfig> config, Clock clock) {
        this.bus = bus;
        this.disk = disk;
        this.database = database;
        this.index = new BlobIndex(database);
        this.quotas = new QuotaService(index, () -> config.get().limits());
        this.commit = new BlobCommit(index, disk, quotas::quota, turns, clock);
        BlobRepository care = new BlobRepository(database);
        this.lookup = new BlobLookup(index, care, disk, turns, clock);
        this.reclaim = new BlobRemoval(care, disk, turns);
        this.quarantine = new BlobQuarantine(care, disk, turns, clock);
        int uploads = config.get().storage().maxUploads();
        this.slots = FairPool.of(uploads, Math.max(FEW_UPLOADS, uploads / USERS_PART));
        UploadStore store = new UploadStore(database);
        UploadLocks locks = new UploadLocks(vertx);
        UploadFinalizer end = new UploadFinalizer(store, index, disk, quotas, turns, clock);
        this.expiry = new UploadSweeper(store, disk, locks, end, clock);
        this.creation = new UploadCreation(
                store,
                index,
                lookup,
                quotas,
                expiry,
                clock,
                () -> config.get().limits().maxBlobBytes());
        this.desk = new ResumableUploadService(store, disk, quotas, slots, locks, end, clock);
    }

    @Override
    public Future<?> start() {
        return disk.removeLeftovers()
                .compose(clean -> database.isDamaged()
                        ? Future.succeededFuture()
                        : expiry.recover().compose(recovered -> expiry.sweep()))
                .compose(clean -> Future.all(
                        bus.serve(BusBlobStore.BEGIN, this::begin),
                        bus.serve(BusBlobStore.COMMIT, this::commit),
                        bus.serve(BusBlobStore.ABORT, this::abort),
                        bus.serve(BusBlobStore.FIND, this::find),
                        bus.serve(BusBlobStore.MISSING, this::missing),
                        bus.serve(BusBlobStore.LIST, part -> index.list(part.scope(), part.afterHash(), LIST_PART))))
                .compose(blobs -> startUploads())
                .compose(uploads -> Future.all(
                        bus.serve(BlobGarbageCollector.RECLAIM, reclaim::reclaim),
                        bus.serve(BlobGarbageCollector.DROP_STRAY, reclaim::dropStray),
                        bus.serve(BlobScrubber.CONFIRM, quarantine::confirm)));
    }

    /** The resumable uploads. */
    private Future<?> startUploads() {
        vertx.setPeriodic(SWEEP_MILLIS, now -> {
            if (!database.isDamaged()) {
                expiry.sweep();
            }
        });
        return Future.all(List.of(
                bus.serve(
                        BusResumableUploads.CREATE,
                        upload -> creation.create(upload).compose(desk::begin)),
                bus.serve(BusResumableUploads.FIND, named -> desk.status(named.scope(), named.id())),
                bus.serve(BusResumableUploads.OPEN, desk::open),
                bus.serve(BusResumableUploads.KEEP, desk::keep),
                bus.serve(BusResumableUploads.CLOSE, desk::close),
                bus.serve(BusResumableUploads.REMOVE, named -> desk.remove(named.scope(), named.id()))));
    }

    /** Waits a limited time for open uploads. Their connections are closed by now, so each of them ends. */
    @Override
    public Future<?> stop() {
        Future<Void> late = vertx.timer(LAST_UPLOADS_SECONDS, TimeUnit.SECONDS).mapEmpty();
        return Future.any(Future.fromCompletionStage(slots.close(), context), late)
                .compose(done -> disk.close());
    }

    private Future<Ticket> begin(Scope scope) {
        Optional<Lease> slot = slots.lease(scope.userId(), 1);
        if (slot.isEmpty()) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAVAILABLE));
        }
        return quotas.open(scope)
                .map(allowance -> new Ticket(scope, allowance, slot.get()))
                .onFailure(failure -> slot.get().close());
    }

    private Future<StoredBlob> commit(Finished upload) {
        return commit.run(upload).onComplete(done -> close(upload.ticket()));
    }

    private Future<Void> abort(Ticket ticket) {
        close(ticket);
        return Future.succeededFuture();
    }

    private Future<BlobFile> find(Find find) {
        return lookup.find(find.scope(), find.sha256());
    }

    private Future<List<Sha256>> missing(Missing missing) {
        return lookup.missing(missing.scope(), missing.blobs());
    }

    private void close(Ticket ticket) {
        ticket.allowance().release();
        quotas.close(ticket.scope());
        ticket.slot().close();
    }
}
