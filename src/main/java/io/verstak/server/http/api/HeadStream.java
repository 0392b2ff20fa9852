package io.verstak.server.http.api;

import io.verstak.server.account.DeviceActivity;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.http.core.RequestRecord;
import io.verstak.server.http.guard.SharedBytes;
import io.verstak.server.sync.wait.CloseReason;
import io.verstak.server.sync.wait.HeadNotifier;
import io.verstak.server.sync.wait.HeadSubscription;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * A stream of {@code text/event-stream} (HTML, section 9.2, "Server-sent events") that reports a scope's head. A slow
 * client misses heads, but never the latest one. Used on its connection's context.
 */
final class HeadStream implements HeadSubscription.Listener {
    private static final long COMMENT_MILLIS = TimeUnit.SECONDS.toMillis(15);

    /** How often a listening device counts as seen. */
    private static final int COMMENTS_PER_SIGHT = 4;

    private final RoutingContext context;
    private final HttpServerResponse response;
    private final DeviceIdentity device;
    private final HeadNotifier watch;
    private final DeviceActivity activity;
    private final HeadSubscription wait;
    private final SharedBytes.RawWriter writer;

    private boolean begun;
    private boolean closed;
    private long comments;
    private long timer;
    private long newest = -1;
    private long told = -1;

    /** Subscribes; heads before {@link #begin} are reported then. */
    HeadStream(RoutingContext context, DeviceIdentity device, HeadNotifier watch, DeviceActivity activity) {
        this.context = context;
        this.response = context.response();
        this.device = device;
        this.watch = watch;
        this.activity = activity;
        this.writer = new SharedBytes.RawWriter(context.request());
        RequestRecord.of(context).alsoSent(writer::written);
        this.wait = watch.open(device, true, this);
        context.addEndHandler(ended -> close());
    }

    /** Reports the head. Fails if the stream has ended before it began. */
    Future<Void> begin(long head) {
        if (closed) {
            return Future.failedFuture(watch.goAway());
        }
        begun = true;
        newest = Math.max(newest, head);
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // nginx would buffer events otherwise.
                .putHeader("X-Accel-Buffering", "no")
                .setChunked(true);
        told = newest;
        // The reconnect delay differs between streams, so that a restarted server is not flooded.
        response.write(HeadEvent.text(newest) + "retry: " + watch.comeBackMillis() + "\n\n");
        timer = vertx().setPeriodic(COMMENT_MILLIS, tick -> comment());
        return Future.succeededFuture();
    }

    @Override
    public void headMoved(long head) {
        newest = Math.max(newest, head);
        tell();
    }

    private void tell() {
        if (!begun || closed || newest <= told) {
            return;
        }
        if (response.writeQueueFull()) {
            response.drainHandler(drained -> tell());
            return;
        }
        told = newest;
        writer.write(HeadEvent.shared(newest).chunk());
    }

    private void comment() {
        if (++comments % COMMENTS_PER_SIGHT == 0) {
            activity.seen(device);
        }
        if (!response.writeQueueFull()) {
            response.write(": still here\n\n");
        }
    }

    @Override
    public void ended(CloseReason why) {
        close();
        if (!begun) {
            return;
        }
        if (response.writeQueueFull()) {
            context.request().connection().close();
        } else if (why == CloseReason.ACCESS_LOST) {
            response.end();
        } else {
            response.end("retry: " + watch.comeBackMillis() + "\n\n");
        }
    }

    /** Records that the client has disconnected. */
    void close() {
        closed = true;
        wait.close();
        if (begun) {
            vertx().cancelTimer(timer);
        }
    }

    private Vertx vertx() {
        return context.vertx();
    }
}
