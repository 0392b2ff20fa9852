package io.verstak.server.error;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A refusal with its {@link ErrorCode}. It crosses the event bus by reference and has no stack trace: it is an answer,
 * not a fault.
 */
public final class ServerException extends ReplyException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The default of {@code Retry-After}, in seconds. */
    private static final int DEFAULT_RETRY_AFTER_SECONDS = 1;

    private final ErrorCode errorCode;
    private final int retryAfterSeconds;
    private final String opId;
    private final String detail;

    public ServerException(ErrorCode code) {
        this(code, code.text());
    }

    /** @param text for people; sent with the answer, so it never contains a secret, a path or a cause's message */
    public ServerException(ErrorCode code, String text) {
        this(code, text, DEFAULT_RETRY_AFTER_SECONDS, "", "");
    }

    private ServerException(ErrorCode code, String text, int retryAfterSeconds, String opId, String detail) {
        super(ReplyFailure.RECIPIENT_FAILURE, code.status(), text);
        this.errorCode = code;
        this.retryAfterSeconds = retryAfterSeconds;
        this.opId = opId;
        this.detail = detail;
    }

    /**
     * Returns {@link ErrorCode#RATE_LIMITED} or {@link ErrorCode#UNAVAILABLE} with the seconds after which to try
     * again.
     */
    public static ServerException retryAfter(ErrorCode code, int seconds) {
        return retryAfter(code, code.text(), seconds);
    }

    /** The same with a text for people. */
    public static ServerException retryAfter(ErrorCode code, String text, int seconds) {
        return new ServerException(code, text, seconds, "", "");
    }

    /** The same refusal, due to this op of a push. */
    public ServerException of(String op) {
        return new ServerException(errorCode, text(), retryAfterSeconds, op, detail);
    }

    /** The {@code op_id} of the op that a push was refused for; empty: none. */
    public String opId() {
        return opId;
    }

    /** The same with what only administrators may know. */
    public ServerException withDetail(String more) {
        return new ServerException(errorCode, text(), retryAfterSeconds, opId, more);
    }

    /** What only administrators may know: never part of an answer to anybody else. Empty: nothing. */
    public String detail() {
        return detail;
    }

    public ErrorCode code() {
        return errorCode;
    }

    /** Returns whole seconds for {@code Retry-After}; used with 429 and 503. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** Returns the text for people. */
    public String text() {
        @Nullable String message = getMessage();
        return message == null ? errorCode.text() : message;
    }
}
