package io.verstak.server.http.live;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Request;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeUnit;

/**
 * The stream of {@code text/event-stream} of one page (HTML, section 9.2, "Server-sent events"). It carries no figure: the page
 * asks for itself again. A slow client misses events, but never the latest one.
 */
final class LiveStream {
    private static final long COMMENT_MILLIS = TimeUnit.SECONDS.toMillis(25);

    private final Vertx vertx;
    private final Context context;
    private final HttpServerResponse response;
    private final SessionIdentity session;

    /** Used on the context only. */
    private boolean open;

    private boolean owing;
    private long timer;

    /** @param call whose answer the stream is, on its connection's context */
    LiveStream(Vertx vertx, Request call, SessionIdentity session) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.response = call.context().response();
        this.session = session;
    }

    SessionIdentity session() {
        return session;
    }

    /** @param comeBackMillis after which the browser opens the stream again if it breaks */
    void begin(int comeBackMillis) {
        if (response.ended() || response.closed()) {
            return;
        }
        open = true;
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                // nginx would buffer events otherwise.
                .putHeader("X-Accel-Buffering", "no")
                .setChunked(true);
        response.write("retry: " + comeBackMillis + "\n\n");
        timer = vertx.setPeriodic(COMMENT_MILLIS, tick -> comment());
    }

    private void comment() {
        if (!response.writeQueueFull()) {
            response.write(": still here\n\n");
        }
    }

    /** Tells the page that its figures have changed. May be called on any thread. */
    void changed() {
        context.runOnContext(turn -> tell());
    }

    private void tell() {
        if (!open || owing) {
            return;
        }
        if (response.writeQueueFull()) {
            owing = true;
            response.drainHandler(drained -> {
                owing = false;
                tell();
            });
            return;
        }
        response.write("event: changed\ndata:\n\n");
    }

    /** Ends the answer. May be called on any thread; calling it twice is harmless. */
    void end(boolean sessionEnded) {
        context.runOnContext(turn -> {
            if (!open) {
                return;
            }
            close();
            if (response.writeQueueFull()) {
                response.reset();
            } else if (sessionEnded) {
                response.end("event: ended\ndata:\n\n");
            } else {
                response.end();
            }
        });
    }

    /** Records that the answer has ended. Called on the context. */
    void close() {
        if (open) {
            open = false;
            vertx.cancelTimer(timer);
        }
    }
}
