package io.verstak.server.blob.s3;

import io.netty.buffer.Unpooled;
import io.verstak.server.blob.s3.S3Content.ChangedException;
import io.verstak.server.storage.blob.StoredObject;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Sends a range of an object as the body of a response. Pieces are asked for when the response takes more, some ahead, since each of
 * them crosses from the library's threads; what breaks off is continued from where it was. Runs on the context of the response.
 */
final class ObjectDownload {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectDownload.class);
    /** How often a range is asked for without one byte of it. */
    private static final int MOST_TRIES = 4;

    private static final long FIRST_PAUSE_MILLIS = 100;

    /** How many pieces are on their way at most: the library reads 8 KiB at a time. */
    private static final int AHEAD = 32;

    private final Vertx vertx;
    private final Context context;
    private final S3Bucket bucket;
    private final StoredObject object;
    private final HttpServerResponse response;
    private final long end;
    private final Promise<Void> sent = Promise.promise();
    private long position;
    private int tries;
    private @Nullable Source source;

    /** @param length at least 1 */
    ObjectDownload(
            Vertx vertx,
            Context context,
            S3Bucket bucket,
            StoredObject object,
            HttpServerResponse response,
            long from,
            long length) {
        this.vertx = vertx;
        this.context = context;
        this.bucket = bucket;
        this.object = object;
        this.response = response;
        this.position = from;
        this.end = from + length;
    }

    Future<Void> run() {
        open();
        return sent.future();
    }

    private void open() {
        if (sent.future().isComplete()) {
            return;
        }
        tries++;
        Source opened = new Source(end - position);
        source = opened;
        bucket.stream(object.key(), position, end - position, opened).onFailure(opened::onError);
    }

    private void again(Throwable failure) {
        source = null;
        if (sent.future().isComplete()) {
            return;
        }
        if (failure instanceof ChangedException) {
            sent.tryFail(failure);
            return;
        }
        if (tries >= MOST_TRIES || response.closed()) {
            sent.tryFail(S3Failures.ofRead(failure));
            return;
        }
        LOG.debug("a download continues at {}: {}", position, S3Failures.text(failure));
        vertx.timer(FIRST_PAUSE_MILLIS << (2 * Math.max(0, tries - 1)), TimeUnit.MILLISECONDS)
                .onComplete(later -> open());
    }

    private void write(Source from, ByteBuffer bytes) {
        tries = 0;
        Buffer piece = BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
        position += piece.length();
        if (position == end) {
            source = null;
            response.end(piece).onComplete(sent::tryComplete, sent::tryFail);
            return;
        }
        response.write(piece).onFailure(this::disconnected);
        if (response.writeQueueFull()) {
            response.drainHandler(drained -> from.more());
        } else {
            from.more();
        }
    }

    /** The client has gone. */
    private void disconnected(Throwable failure) {
        Source open = source;
        source = null;
        if (open != null) {
            open.cancel();
        }
        sent.tryFail(failure);
    }

    /** One answer of the bucket. Its signals come on the library's threads, and are handled on the context. */
    private final class Source implements Subscriber<ByteBuffer>, AsyncResponseTransformer<GetObjectResponse, Void> {
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final long length;
        private int ahead;
        private @Nullable Subscription subscription;

        Source(long length) {
            this.length = length;
        }

        void more() {
            if (subscription != null && ahead <= AHEAD / 2) {
                int further = AHEAD - ahead;
                ahead = AHEAD;
                subscription.request(further);
            }
        }

        void cancel() {
            if (subscription != null) {
                subscription.cancel();
            }
            done.complete(null);
        }

        private void ifCurrent(Runnable work) {
            context.runOnContext(now -> {
                if (source == this) {
                    work.run();
                }
            });
        }

        @Override
        public CompletableFuture<Void> prepare() {
            return done;
        }

        @Override
        public void onResponse(GetObjectResponse answer) {
            String etag = S3Bucket.etag(answer.eTag());
            if (!etag.equals(object.etag())) {
                onError(new ChangedException());
                return;
            }
            Long announced = answer.contentLength();
            if (announced == null || announced != length) {
                onError(new IOException("the object has another size"));
            }
        }

        @Override
        public void onStream(SdkPublisher<ByteBuffer> body) {
            body.subscribe(this);
        }

        @Override
        public void onSubscribe(Subscription begun) {
            context.runOnContext(now -> {
                subscription = begun;
                if (source == this) {
                    more();
                } else {
                    cancel();
                }
            });
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            ifCurrent(() -> {
                ahead--;
                write(this, bytes);
            });
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            onError(failure);
        }

        /** May be called several times for one failure, which the library wraps on its way: the first call counts. */
        @Override
        public void onError(Throwable failure) {
            ifCurrent(() -> again(S3Bucket.unwrapped(failure)));
            done.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            done.complete(null);
            ifCurrent(() -> again(new EOFException("the object ends early")));
        }
    }
}
