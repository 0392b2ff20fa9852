package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobContent;
import io.verstak.server.storage.blob.StoredObject;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A blob that is read from a bucket. Nothing stays open between its reads. */
record S3Content(Vertx vertx, S3Bucket bucket, ObjectInspector inspector, StoredObject object) implements BlobContent {
    private static final int MOST_READ_BYTES = 512 << 10;

    /** Nothing is sent of an object that is missing, or is another one than was stored: that one is read first. */
    @Override
    public Future<Void> send(HttpServerResponse response, long from, long length) {
        return send(object, response, from, length).recover(failure -> {
            if (response.headWritten()) {
                return Future.failedFuture(failure);
            }
            return failure instanceof ChangedException
                    ? inspector
                            .confirmed(object)
                            .compose(confirmed -> send(confirmed, response, from, length))
                            .recover(again -> Future.failedFuture(S3Failures.ofRead(again)))
                    : inspector.look(object).transform(looked -> Future.failedFuture(failure));
        });
    }

    private Future<Void> send(StoredObject from, HttpServerResponse response, long start, long length) {
        return new ObjectDownload(vertx, vertx.getOrCreateContext(), bucket, from, response, start, length).run();
    }

    /** The bucket has other bytes than were stored, or calls them something else. */
    static final class ChangedException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        ChangedException() {
            super("the object was changed");
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        long left = object.blob().size() - position;
        if (left <= 0) {
            return -1;
        }
        long length = Math.min(Math.min(left, target.remaining()), MOST_READ_BYTES);
        if (length == 0) {
            return 0;
        }
        byte[] bytes = get(bucket.bytes(object.key(), position, length));
        if (bytes.length != length) {
            throw new EOFException("the object has changed its size");
        }
        target.put(bytes);
        return bytes.length;
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }

    /** Waits for a result. Blocks. */
    static <T> T get(CompletableFuture<T> result) throws IOException {
        try {
            return result.get();
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause();
            throw new IOException(S3Failures.text(cause == null ? failure : S3Bucket.unwrapped(cause)), failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("the server is stopping").initCause(stopped);
        }
    }
}
