package io.verstak.server.blob;

import io.verstak.server.bus.Bus;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.BlobIndex;
import io.verstak.server.storage.blob.BlobRepository;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and commits uploads, finds blobs, and takes them away. Bytes go from the caller's context to the backend and
 * never over the bus. Runs on the blob verticle.
 */
public final class BlobService implements BlobStore, UploadTickets, BlobDisposal {
    private static final Logger LOG = LoggerFactory.getLogger(BlobService.class);
    private static final int LIST_PART = 500;

    private final BlobIndex index;
    private final BlobRepository repository;
    private final BlobBackend backend;
    private final QuotaService quotas;
    private final FairPool<String> slots;
    private final KeyedMutex mutex;
    private final LongSupplier maxBlobBytes;
    private final Clock clock;
    private final UploadTickets tickets;

    /**
     * @param bus brings the ends of uploads back to this service
     * @param mutex serializes work on the same blob
     */
    public BlobService(
            Bus bus,
            BlobIndex index,
            BlobRepository repository,
            BlobBackend backend,
            QuotaService quotas,
            FairPool<String> slots,
            KeyedMutex mutex,
            LongSupplier maxBlobBytes,
            Clock clock) {
        this.index = index;
        this.repository = repository;
        this.backend = backend;
        this.quotas = quotas;
        this.slots = slots;
        this.mutex = mutex;
        this.maxBlobBytes = maxBlobBytes;
        this.clock = clock;
        this.tickets = bus.client(UploadTickets.class);
    }

    /** Serves its contracts on the calling verticle's context. */
    public Future<?> serve(Bus bus) {
        return Future.all(
                bus.serve(BlobStore.class, this),
                bus.serve(UploadTickets.class, this),
                bus.serve(BlobDisposal.class, this));
    }

    @Override
    public Future<BlobUpload> begin(Scope scope, Optional<Sha256> announced) {
        Optional<Lease> slot = slots.lease(scope.userId(), 1);
        if (slot.isEmpty()) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAVAILABLE));
        }
        return quotas.open(scope)
                .<BlobUpload>map(quota -> new UploadStream(
                        tickets,
                        new Ticket(scope, quota, slot.get()),
                        backend.stage(),
                        maxBlobBytes.getAsLong(),
                        announced))
                .onFailure(failure -> slot.get().close());
    }

    /** A blob that is refused leaves nothing; {@link BlobBackend#save} keeps the order of file and row. */
    @Override
    public Future<StoredBlob> commit(Ticket ticket, StagedBlob staged, BlobReference blob) {
        Scope scope = ticket.scope();
        return mutex.run(
                        blob.sha256(),
                        () -> index.find(scope, blob.sha256())
                                .compose(known -> requireRoom(scope, blob, known)
                                        .compose(room -> backend.save(
                                                staged,
                                                blob,
                                                known.map(BlobIndex.Entry::fileTime)
                                                        .orElse(null),
                                                fileTime -> addRow(ticket, blob, fileTime)))))
                .recover(failure -> staged.discard().transform(gone -> Future.failedFuture(failure)))
                .map(added -> new StoredBlob(blob, added))
                .onComplete(done -> close(ticket));
    }

    private Future<Void> requireRoom(Scope scope, BlobReference blob, Optional<BlobIndex.Entry> known) {
        boolean held = known.map(BlobIndex.Entry::held).orElse(false);
        return held ? Future.succeededFuture() : index.requireRoom(scope, blob.size(), quotas.quota());
    }

    private Future<Boolean> addRow(Ticket ticket, BlobReference blob, long fileTime) {
        return index.add(ticket.scope(), blob, fileTime, quotas.quota(), clock.millis())
                .onSuccess(added -> {
                    if (added) {
                        ticket.quota().settle();
                    }
                })
                .recover(failure ->
                        removeUnnamed(ticket.scope(), blob.sha256()).transform(gone -> Future.failedFuture(failure)));
    }

    /** Removes the file after its row was refused, unless another scope holds it or that cannot be determined. */
    private Future<Void> removeUnnamed(Scope scope, Sha256 sha256) {
        return index.find(scope, sha256)
                .compose(known -> known.isPresent() ? Future.<Void>succeededFuture() : backend.remove(sha256))
                .onFailure(failure -> LOG.warn("a file without a row stays behind: {}", sha256));
    }

    @Override
    public Future<Void> abort(Ticket ticket) {
        close(ticket);
        return Future.succeededFuture();
    }

    private void close(Ticket ticket) {
        ticket.quota().release();
        quotas.close(ticket.scope());
        ticket.slot().close();
    }

    /** Reads no file: a download judges the bytes of a suspicious one. */
    @Override
    public Future<List<Sha256>> missing(Scope scope, List<Sha256> blobs) {
        Set<Sha256> asked = new LinkedHashSet<>(blobs);
        return index.held(scope, asked).compose(held -> {
            Map<BlobReference, Long> fileTimes = new HashMap<>();
            held.forEach((sha256, entry) -> fileTimes.put(new BlobReference(sha256, entry.size()), entry.fileTime()));
            return backend.knownLost(fileTimes)
                    .map(lost -> asked.stream()
                            .filter(sha256 -> !held.containsKey(sha256) || lost.contains(sha256))
                            .toList());
        });
    }

    /** Writes nothing, so that a full disk stops no download. */
    @Override
    public Future<FoundBlob> find(Scope scope, Sha256 sha256) {
        return index.find(scope, sha256)
                .compose(found -> found.filter(BlobIndex.Entry::held)
                        .map(entry -> find(new BlobReference(sha256, entry.size()), entry.fileTime()))
                        .orElseGet(() -> Future.failedFuture(new ServerException(ErrorCode.BLOB_NOT_FOUND))));
    }

    private Future<FoundBlob> find(BlobReference blob, long fileTime) {
        return backend.known(blob, fileTime)
                .compose(seen -> seen == BlobVerdict.UNKNOWN
                        ? mutex.run(blob.sha256(), () -> backend.judge(blob))
                        : Future.succeededFuture(seen))
                .compose(verdict -> verdict == BlobVerdict.WHOLE
                        ? Future.succeededFuture(new FoundBlob(blob, backend))
                        : refuse(blob, verdict));
    }

    /** Records the damage after the answer, so that a full disk delays nobody. The scrub finds it as well. */
    private Future<FoundBlob> refuse(BlobReference blob, BlobVerdict verdict) {
        if (verdict.isDamage()) {
            repository
                    .markDamaged(blob.sha256(), clock.millis())
                    .onFailure(failure -> LOG.warn("the damage of blob {} could not be recorded", blob.sha256()));
            LOG.error("blob {} is damaged or missing; the next upload of it repairs it", blob.sha256());
        }
        return Future.failedFuture(new ServerException(ErrorCode.BLOB_UNAVAILABLE));
    }

    @Override
    public Future<List<BlobReference>> list(Scope scope, String afterHash) {
        return index.list(scope, afterHash, LIST_PART);
    }

    /** The row goes first: a crash in between leaves a file without a row, which the garbage collection finds. */
    @Override
    public Future<Boolean> reclaim(Sha256 sha256, long unreferencedSince) {
        return mutex.run(
                sha256,
                () -> repository
                        .forget(sha256, unreferencedSince)
                        .compose(forgotten -> forgotten ? remove(sha256) : Future.succeededFuture(false)));
    }

    @Override
    public Future<Boolean> dropStray(Sha256 sha256) {
        return mutex.run(
                sha256,
                () -> repository
                        .known(Set.of(sha256))
                        .compose(known -> known.isEmpty() ? remove(sha256) : Future.succeededFuture(false)));
    }

    private Future<Boolean> remove(Sha256 sha256) {
        return backend.remove(sha256).map(true);
    }

    /** An upload that has just ended has stored a whole file. */
    @Override
    public Future<Boolean> quarantine(BlobReference blob) {
        return mutex.run(
                blob.sha256(),
                () -> backend.quarantine(blob)
                        .compose(damaged -> damaged
                                ? repository.markDamaged(blob.sha256(), clock.millis())
                                : Future.succeededFuture(false)));
    }
}
