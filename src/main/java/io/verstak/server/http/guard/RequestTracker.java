package io.verstak.server.http.guard;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;

/**
 * Tracks the requests and answers of a connection, and since when nothing has happened. Used on the connection's event
 * loop only; times are {@link System#nanoTime()}.
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

    /** Records the first byte of a head. The head of a connection's first request is timed from connecting. */
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

    /** Returns whether a head has been read whose body is incomplete. */
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

    /** Records pending output: the connection is not idle yet. */
    void busy(long now) {
        quietSince = now;
    }

    /** Returns the number of requests that were passed on and whose answer is incomplete. */
    int unanswered() {
        return unanswered;
    }

    /** Returns whether the head of the oldest open answer has been written. */
    boolean answering() {
        return answering;
    }

    /** Returns whether part of the body of the request just answered may be unread. */
    boolean mayHaveUnreadBody() {
        return newestHadBody || unanswered > 0;
    }

    /**
     * Returns whether the time for a head, or for the next request, is up. False while a request waits for its answer.
     */
    boolean isOverdue(long now) {
        boolean forHead = inHead || !served;
        long limit = (forHead ? limits.headTimeout() : limits.idleTimeout()).toNanos();
        return unanswered == 0 && now - quietSince > limit;
    }
}
