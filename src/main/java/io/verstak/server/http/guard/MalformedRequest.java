package io.verstak.server.http.guard;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/**
 * A request that must not be passed on. It is expected and therefore has no stack trace. A handler receives it as the
 * failure of the body it was reading; the client has been answered by then.
 */
public final class MalformedRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    MalformedRequest(Refusal refusal, String why) {
        super(why, null, false, false);
        this.refusal = refusal;
    }

    static MalformedRequest because(String why) {
        return new MalformedRequest(Refusal.MALFORMED, why);
    }

    /** Returns the failure of a head for which the decoder gave this cause. */
    static MalformedRequest head(Throwable cause) {
        if (cause instanceof MalformedRequest malformed) {
            return malformed;
        }
        Refusal refusal = cause instanceof TooLongHttpLineException
                ? Refusal.LINE_TOO_LONG
                : cause instanceof TooLongHttpHeaderException ? Refusal.HEAD_TOO_LARGE : Refusal.MALFORMED;
        return new MalformedRequest(refusal, String.valueOf(cause.getMessage()));
    }

    Refusal refusal() {
        return refusal;
    }
}
