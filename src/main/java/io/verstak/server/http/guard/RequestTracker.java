package io.verstak.server.http.guard;

/**
 * Tracks the requests and answers of a connection, and since when nothing has happened. Used on the connection's event
 * loop only; times are {@link System#nanoTime()}.
 */
final class RequestTracker implements RequestFraming.Listener {
    private final TransportLimits limits;
    private final BodyProgress body;

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

    @Override
    public void headRead(RequestHead head) {
        unanswered++;
        served = true;
        newestHadBody = head.contentLength() != 0;
        body.begin(head, System.nanoTime());
    }

    @Override
    public void bodyRead(long bytes) {
        body.received(bytes);
    }

    @Override
    public void requestRead() {
        body.end();
    }

    /** Records the first byte of a head. The head of a connection's first request is timed from connecting. */
    void headBegins(long now) {
        quietSince = served ? now : quietSince;
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
    boolean isOverdue(boolean inHead, long now) {
        boolean forHead = inHead || !served;
        long limit = (forHead ? limits.headTimeout() : limits.idleTimeout()).toNanos();
        return unanswered == 0 && now - quietSince > limit;
    }
}
