package io.verstak.server.http.guard;

/**
 * A request that must not be passed on. It is expected and therefore has no stack trace. A handler receives it as the
 * failure of the body it was reading; the client has been answered by then.
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
