package io.verstak.server.http.guard;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;

/**
 * Tracks a connection's requests and responses, and how long it has been idle. Used on the connection's event loop only; times are
 * {@link System#nanoTime()}.
 */
final class RequestTracker {
    private final TransportLimits limits;
    private final BodyProgress body;

    private boolean inHead;
    private boolean inBody;
    private int unanswered;
    private boolean answering;
    private boolean served;
    private boolean newestHadBody;
    private long quietSince;

    RequestTracker(TransportLimits limits, BodyProgress body, long now) {
        this.limits = limits;
        this.body = body;
        this.quietSince = now;
    }

    /** Records the first byte of a head. The first head is timed from the moment of connection. */
    void headBegins(long now) {
        inHead = true;
        quietSince = served ? now : quietSince;
    }

    void headRead(HttpRequest head) {
        unanswered++;
        served = true;
        inHead = false;
        inBody = HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
        newestHadBody = inBody;
        body.begin(inBody, HttpUtil.is100ContinueExpected(head), System.nanoTime());
    }

    /** Records a piece of the request's body, without chunk lines. */
    void contentRead(int bytes, boolean last) {
        body.received(bytes);
        if (last) {
            inBody = false;
            body.end();
        }
    }

    /** Returns whether the body of the newest request is incomplete. */
    boolean inBody() {
        return inBody;
    }

    void answerBegins() {
        answering = true;
    }

    void answerEnds(long now) {
        unanswered--;
        answering = false;
        quietSince = now;
    }

    /** Restarts the idle timer because output is still pending. */
    void busy(long now) {
        quietSince = now;
    }

    /** Returns the number of requests whose response is incomplete. */
    int unanswered() {
        return unanswered;
    }

    /** Returns whether the head of the oldest unfinished response has been written. */
    boolean answering() {
        return answering;
    }

    /** Returns whether part of the body of the request just answered may be unread. */
    boolean mayHaveUnreadBody() {
        return newestHadBody || unanswered > 0;
    }

    /**
     * Returns whether the head or idle timeout has expired. Always false while a request awaits its response.
     */
    boolean isOverdue(long now) {
        boolean forHead = inHead || !served;
        long limit = (forHead ? limits.headTimeout() : limits.idleTimeout()).toNanos();
        return unanswered == 0 && now - quietSince > limit;
    }
}
