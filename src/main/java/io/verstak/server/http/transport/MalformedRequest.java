package io.verstak.server.http.transport;

/**
 * A request that must not be passed on. It is expected, and so carries no stack trace. A handler sees it as the failure of a
 * body that it was reading; the client has had its answer by then.
 */
public final class MalformedRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    MalformedRequest(Refusal refusal, String why) {
        super(why, null, false, false);
        this.refusal = refusal;
    }

    static MalformedRequest because(String why) {
        return new MalformedRequest(Refusal.MALFORMED, why);
    }

    Refusal refusal() {
        return refusal;
    }
}
