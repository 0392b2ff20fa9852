package io.verstak.server.blob.resumable;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A chunk of an upload that is complete already. */
final class NoPart implements UploadChunk {
    private final UploadStatus status;

    NoPart(UploadStatus status) {
        this.status = status;
    }

    @Override
    public Future<Void> write(Buffer bytes) {
        return bytes.length() == 0
                ? Future.succeededFuture()
                : Future.failedFuture(new ServerException(ErrorCode.REQUEST_TOO_LARGE));
    }

    @Override
    public Future<UploadStatus> finish() {
        return Future.succeededFuture(status);
    }

    @Override
    public Future<UploadStatus> breakOff() {
        return Future.succeededFuture(status);
    }

    @Override
    public Future<Void> end() {
        return Future.succeededFuture();
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public NoPart setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public NoPart drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }

    @Override
    public NoPart exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }
}
