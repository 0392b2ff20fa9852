package io.verstak.server.blob;

import io.verstak.server.blob.BusBlobStore.Finished;
import io.verstak.server.blob.BusBlobStore.Ticket;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Collects what comes while one worker task at a time hashes and writes what came before. The task takes all that has
 * been collected, so that a fast client needs few of them.
 */
final class UploadStream implements BlobUpload {
    private static final int FULL_BYTES = 256 << 10;
    private static final int DRAINED_BYTES = 128 << 10;
    /** What is left to be forced to disk at the end, while the client waits for its answer, is about this. */
    private static final int FORCED_BYTES = 16 << 20;

    private final Bus bus;
    private final BlobDisk disk;
    private final Ticket ticket;
    private final long maxBytes;
    private final Optional<Sha256> announced;
    private final TempFile file;

    private final List<ByteBuffer> waiting = new ArrayList<>();
    private final Promise<Void> idle = Promise.promise();
    private long received;
    private long written;
    private long forced;
    private boolean writing;
    private boolean forcing;
    private boolean ending;
    private @Nullable Throwable failure;
    private @Nullable Handler<Void> drainHandler;

    UploadStream(Bus bus, BlobDisk disk, Ticket ticket, long maxBytes, Optional<Sha256> announced) {
        this.bus = bus;
        this.disk = disk;
        this.ticket = ticket;
        this.maxBytes = maxBytes;
        this.announced = announced;
        this.file = disk.newTempFile();
    }

    @Override
    public Future<Void> write(Buffer bytes) {
        if (failure == null) {
            refuseOverLimit(bytes.length());
        }
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        received += bytes.length();
        waiting.add(((BufferInternal) bytes).getByteBuf().nioBuffer());
        writeWaiting();
        return Future.succeededFuture();
    }

    private void refuseOverLimit(int length) {
        if (length > maxBytes - received) {
            failure = new ServerException(ErrorCode.BLOB_TOO_LARGE);
        } else if (!ticket.allowance().take(length)) {
            failure = new ServerException(ErrorCode.QUOTA_EXCEEDED);
        }
    }

    private void writeWaiting() {
        if (writing || waiting.isEmpty() || failure != null) {
            return;
        }
        writing = true;
        ByteBuffer[] pieces = waiting.toArray(ByteBuffer[]::new);
        waiting.clear();
        long upTo = received;
        disk.write(() -> {
                    file.append(pieces);
                    return null;
                })
                .onComplete(result -> written(upTo, result));
    }

    private void written(long upTo, AsyncResult<?> result) {
        writing = false;
        written = upTo;
        if (result.failed() && failure == null) {
            failure = result.cause();
        }
        writeWaiting();
        forceWritten();
        completeWhenIdle();
        Handler<Void> handler = drainHandler;
        if (handler != null && (failure != null || received - written <= DRAINED_BYTES)) {
            drainHandler = null;
            handler.handle(null);
        }
    }

    /** Lets the disk work while more comes. */
    private void forceWritten() {
        if (forcing || ending || failure != null || written - forced < FORCED_BYTES) {
            return;
        }
        forcing = true;
        forced = written;
        disk.write(() -> {
                    file.force();
                    return null;
                })
                .onComplete(this::forced);
    }

    private void forced(AsyncResult<?> result) {
        forcing = false;
        if (result.failed() && failure == null) {
            failure = result.cause();
        }
        completeWhenIdle();
    }

    private void completeWhenIdle() {
        if (ending && !writing && !forcing) {
            idle.tryComplete();
        }
    }

    @Override
    public boolean writeQueueFull() {
        return received - written >= FULL_BYTES;
    }

    @Override
    public Future<StoredBlob> commit() {
        return end().compose(allWritten -> disk.write(file::finish))
                .compose(this::requireAnnounced)
                .recover(failed -> abort().compose(nothingLeft -> Future.failedFuture(failed)))
                .compose(blob -> bus.request(BusBlobStore.COMMIT, new Finished(ticket, blob, file.path())));
    }

    private Future<BlobReference> requireAnnounced(BlobReference blob) {
        boolean other = announced.isPresent() && !announced.get().equals(blob.sha256());
        return other ? Future.failedFuture(new ServerException(ErrorCode.HASH_MISMATCH)) : Future.succeededFuture(blob);
    }

    @Override
    public Future<Void> abort() {
        if (failure == null) {
            failure = new ServerException(ErrorCode.INTERNAL_ERROR, "The upload was given up.");
        }
        return end().transform(ended -> disk.write(() -> {
                    file.discard();
                    return null;
                }))
                .transform(discarded -> bus.request(BusBlobStore.ABORT, ticket))
                .otherwiseEmpty();
    }

    /** Succeeds when all bytes are written; durable they become with {@link #commit()}. */
    @Override
    public Future<Void> end() {
        ending = true;
        completeWhenIdle();
        return idle.future().compose(done -> failure == null ? Future.succeededFuture() : Future.failedFuture(failure));
    }

    @Override
    public BlobUpload exceptionHandler(@Nullable Handler<Throwable> handler) {
        // What fails shows in the next write, or at the end.
        return this;
    }

    @Override
    public BlobUpload setWriteQueueMaxSize(int maxSize) {
        throw new UnsupportedOperationException("the bound is the server's");
    }

    @Override
    public BlobUpload drainHandler(@Nullable Handler<Void> handler) {
        drainHandler = handler;
        return this;
    }
}
