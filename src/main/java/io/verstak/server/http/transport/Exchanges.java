package io.verstak.server.http.transport;

/**
 * What a connection is about at this moment: requests read, answers given, and since when nothing happens. Plain bookkeeping,
 * touched by the connection's event loop only; times are {@link System#nanoTime()}.
 */
final class Exchanges implements RequestFraming.Listener {
    private final TransportLimits limits;
    private final BodyProgress body;

    private int unanswered;
    private boolean answering;
    private boolean served;
    private boolean newestHadBody;
    private long quietSince;

    Exchanges(TransportLimits limits, BodyProgress body, long now) {
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

    /** The first byte of a head has come. That of the connection's first request is timed from connecting. */
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

    /** Output still waits: the connection is not idle yet. */
    void busy(long now) {
        quietSince = now;
    }

    /** Requests that were passed on and whose answer is not complete. */
    int unanswered() {
        return unanswered;
    }

    /** Whether the head of the oldest open answer has been written. */
    boolean answering() {
        return answering;
    }

    /** Whether the request just answered may have left some of its body unread. */
    boolean mayHaveUnreadBody() {
        return newestHadBody || unanswered > 0;
    }

    /** Whether a head, or the next request, has been waited for in vain. Never while a request waits for its answer. */
    boolean isOverdue(boolean inHead, long now) {
        boolean forHead = inHead || !served;
        long limit = (forHead ? limits.headTimeout() : limits.idleTimeout()).toNanos();
        return unanswered == 0 && now - quietSince > limit;
    }
}
