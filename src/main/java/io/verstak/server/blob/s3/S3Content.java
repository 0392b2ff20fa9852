package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobContent;
import io.verstak.server.storage.blob.StoredObject;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A blob that is read from a bucket. Nothing stays open between its reads. */
record S3Content(Vertx vertx, S3Bucket bucket, StoredObject object) implements BlobContent {
    private static final int MOST_READ_BYTES = 512 << 10;

    @Override
    public Future<Void> send(HttpServerResponse response, long from, long length) {
        Context context = vertx.getOrCreateContext();
        return new ObjectDownload(vertx, context, bucket, object.key(), response, from, length).run();
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
