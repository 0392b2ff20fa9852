package io.verstak.server.blob;

import io.verstak.server.blob.BusBlobStore.Find;
import io.verstak.server.blob.BusBlobStore.Finished;
import io.verstak.server.blob.BusBlobStore.Missing;
import io.verstak.server.blob.BusBlobStore.Ticket;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.BlobIndex;
import io.verstak.server.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Owns the blobs: lets uploads begin, puts finished ones in their place, and looks files up. */
public final class BlobVerticle extends VerticleBase {
    private static final int LAST_UPLOADS_SECONDS = 5;
    private static final int LIST_PART = 500;

    private final Bus bus;
    private final BlobDisk disk;
    private final BlobIndex index;
    private final Quotas quotas;
    private final Turns turns = new Turns();
    private final BlobCommit commit;
    private final BlobLookup lookup;
    private final int maxUploads;
    private final Promise<Void> idle = Promise.promise();
    private int uploads;
    private boolean closing;

    public BlobVerticle(Bus bus, Database database, BlobDisk disk, Supplier<ServerConfig> config, Clock clock) {
        this.bus = bus;
        this.disk = disk;
        this.index = new BlobIndex(database);
        this.quotas = new Quotas(index, () -> config.get().limits());
        this.commit = new BlobCommit(index, disk, quotas::quota, turns, clock);
        this.lookup = new BlobLookup(index, disk, turns);
        this.maxUploads = config.get().storage().maxUploads();
    }

    @Override
    public Future<?> start() {
        return disk.removeLeftovers()
                .compose(clean -> Future.all(
                        bus.serve(BusBlobStore.BEGIN, this::begin),
                        bus.serve(BusBlobStore.COMMIT, this::commit),
                        bus.serve(BusBlobStore.ABORT, this::abort),
                        bus.serve(BusBlobStore.FIND, this::find),
                        bus.serve(BusBlobStore.MISSING, this::missing),
                        bus.serve(BusBlobStore.LIST, part -> index.list(part.scope(), part.afterHash(), LIST_PART))));
    }

    /** Waits a while for the uploads that are open: their connections are closed by now, so that each of them ends. */
    @Override
    public Future<?> stop() {
        closing = true;
        vertx.setTimer(TimeUnit.SECONDS.toMillis(LAST_UPLOADS_SECONDS), late -> idle.tryComplete());
        completeWhenIdle();
        return idle.future().compose(done -> disk.close());
    }

    private Future<Ticket> begin(Scope scope) {
        if (closing || uploads >= maxUploads) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAVAILABLE));
        }
        uploads++;
        return quotas.open(scope).map(allowance -> new Ticket(scope, allowance)).onFailure(failure -> ended());
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
        ended();
    }

    private void ended() {
        uploads--;
        completeWhenIdle();
    }

    private void completeWhenIdle() {
        if (closing && uploads == 0) {
            idle.tryComplete();
        }
    }
}
