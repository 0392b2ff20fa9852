package io.verstak.server.blob;

import io.netty.buffer.ByteBuf;
import io.verstak.server.error.ServerException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.WriteStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Collects received bytes while the earlier ones are hashed and written by one append at a time. An append takes
 * everything collected so far, so that a fast client needs few of them. A write copies its bytes: the caller may use its
 * buffer again. Used on one context.
 */
public abstract class StagedWriteStream implements WriteStream<Buffer> {
    private static final int FULL_BYTES = 256 << 10;
    private static final int DRAINED_BYTES = 128 << 10;

    /** Of all uploads, since the memory is the process's. */
    private static final UploadBuffers BUFFERS = new UploadBuffers();

    private final StagedBlob staged;

    /** Buffers of bytes for the next append. The last one has room, and is null when there is none. */
    private final List<ByteBuffer> waiting = new ArrayList<>();

    private @Nullable ByteBuffer open;
    /** Whether all memory was taken, so that only the next append makes room. */
    private boolean scarce;

    private final Promise<Void> idle = Promise.promise();
    private long received;
    private long written;
    private long forced;
    private boolean writing;
    private boolean forcing;
    private boolean ending;
    private @Nullable Throwable failure;
    private @Nullable Handler<Void> drainHandler;

    protected StagedWriteStream(StagedBlob staged) {
        this.staged = staged;
    }

    /** Returns why further bytes are refused; empty if they are not. */
    protected abstract Optional<ServerException> refusal(long received, int length);

    /** Returns whether this many written bytes are to be forced to disk while more arrive. */
    protected abstract boolean isForceDue(long unforced);

    /** Reports how many bytes of the upload are durable; the next are forced when the future completes. */
    protected abstract Future<Void> durable(long stored);

    @Override
    public final Future<Void> write(Buffer bytes) {
        if (failure == null) {
            failure = refusal(received, bytes.length()).orElse(null);
        }
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        received += bytes.length();
        copy(((BufferInternal) bytes).getByteBuf());
        writeWaiting();
        return Future.succeededFuture();
    }

    private void copy(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int left = bytes.readableBytes();
        while (left > 0) {
            ByteBuffer room = open != null && open.hasRemaining() ? open : buffer(left);
            int length = Math.min(left, room.remaining());
            int end = room.position() + length;
            bytes.getBytes(at, room.limit(end));
            room.limit(room.capacity());
            at += length;
            left -= length;
        }
    }

    private ByteBuffer buffer(int length) {
        ByteBuffer taken = BUFFERS.take(length);
        scarce = scarce || !taken.isDirect();
        waiting.add(taken);
        open = taken;
        return taken;
    }

    private void writeWaiting() {
        if (writing || waiting.isEmpty() || failure != null) {
            return;
        }
        writing = true;
        ByteBuffer[] pieces = waiting.stream().map(ByteBuffer::flip).toArray(ByteBuffer[]::new);
        waiting.clear();
        open = null;
        scarce = false;
        long upTo = received;
        append(pieces).onComplete(result -> {
            List.of(pieces).forEach(BUFFERS::giveBack);
            written(upTo, result);
        });
    }

    /** What is thrown ends the upload like what fails: its locks are released. */
    private Future<?> append(ByteBuffer[] pieces) {
        try {
            return staged.append(pieces);
        } catch (RuntimeException thrown) {
            return Future.failedFuture(thrown);
        }
    }

    private void written(long upTo, AsyncResult<?> result) {
        writing = false;
        written = upTo;
        if (result.failed() && failure == null) {
            failure = result.cause();
        }
        if (failure != null) {
            waiting.forEach(BUFFERS::giveBack);
            waiting.clear();
            open = null;
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

    /** Forces written bytes to disk while more arrive. */
    private void forceWritten() {
        if (forcing || ending || failure != null || !isForceDue(written - forced)) {
            return;
        }
        forcing = true;
        forced = written;
        staged.force().compose(this::durable).onComplete(this::forced);
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
    public final boolean writeQueueFull() {
        return received - written >= FULL_BYTES || scarce;
    }

    /** Refuses further bytes with this reason, unless one is set already. */
    protected final void refuseAll(ServerException reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** Succeeds when all bytes are written, which does not make them durable. */
    @Override
    public final Future<Void> end() {
        ending = true;
        completeWhenIdle();
        return idle.future().compose(done -> failure == null ? Future.succeededFuture() : Future.failedFuture(failure));
    }

    @Override
    public final StagedWriteStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        // A failure is reported by the next write or at the end.
        return this;
    }

    @Override
    public final StagedWriteStream setWriteQueueMaxSize(int maxSize) {
        throw new UnsupportedOperationException("the bound is the server's");
    }

    @Override
    public final StagedWriteStream drainHandler(@Nullable Handler<Void> handler) {
        drainHandler = handler;
        return this;
    }
}
