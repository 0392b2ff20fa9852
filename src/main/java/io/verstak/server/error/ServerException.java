package io.verstak.server.error;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.Serial;
import java.util.Optional;
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
    private final @Nullable Message message;
    private final String opId;
    private final String detail;

    public ServerException(ErrorCode code) {
        this(code, code.text());
    }

    public ServerException(Message message) {
        this(message.code(), message.text(), message, DEFAULT_RETRY_AFTER_SECONDS, "", "");
    }

    /**
     * A refusal of a call that only programs make: pages say what the code means.
     *
     * @param text sent with the answer, so it never contains a secret, a path or a cause's message
     */
    public ServerException(ErrorCode code, String text) {
        this(code, text, null, DEFAULT_RETRY_AFTER_SECONDS, "", "");
    }

    private ServerException(
            ErrorCode code, String text, @Nullable Message message, int retryAfterSeconds, String opId, String detail) {
        super(ReplyFailure.RECIPIENT_FAILURE, code.status(), text);
        this.errorCode = code;
        this.message = message;
        this.retryAfterSeconds = retryAfterSeconds;
        this.opId = opId;
        this.detail = detail;
    }

    /**
     * Returns {@link ErrorCode#RATE_LIMITED} or {@link ErrorCode#UNAVAILABLE} with the seconds after which to try
     * again.
     */
    public static ServerException retryAfter(ErrorCode code, int seconds) {
        return new ServerException(code, code.text(), null, seconds, "", "");
    }

    /** Returns a message of one of these codes with the seconds after which to try again. */
    public static ServerException retryAfter(Message message, int seconds) {
        return new ServerException(message.code(), message.text(), message, seconds, "", "");
    }

    /** Returns the same refusal, for this op of a push. */
    public ServerException of(String op) {
        return new ServerException(errorCode, text(), message, retryAfterSeconds, op, detail);
    }

    /** Returns the {@code op_id} of the op that a push was refused for; empty: none. */
    public String opId() {
        return opId;
    }

    /** Returns the same refusal with a detail for administrators. */
    public ServerException withDetail(String more) {
        return new ServerException(errorCode, text(), message, retryAfterSeconds, opId, more);
    }

    /** Returns the detail for administrators, never part of an answer to anybody else; empty: none. */
    public String detail() {
        return detail;
    }

    public ErrorCode code() {
        return errorCode;
    }

    /** Returns the message with a text in each language; empty: pages say what the code means. */
    public Optional<Message> message() {
        return Optional.ofNullable(message);
    }

    /** Returns whether it was made with a time to try again. */
    public boolean saysWhen() {
        return retryAfterSeconds > DEFAULT_RETRY_AFTER_SECONDS;
    }

    /** Returns whole seconds for {@code Retry-After}; used with 429 and 503, and with 423 if it {@link #saysWhen}. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** Returns the English text on the wire. */
    public String text() {
        @Nullable String message = getMessage();
        return message == null ? errorCode.text() : message;
    }
}
