package io.verstak.server.client;

import java.io.IOException;
import java.io.Serial;

/** The server has understood and refuses; the same again would be refused again. */
public final class RefusedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final String errorCode;

    RefusedException(int status, String code) {
        super(status + " " + code);
        this.httpStatus = status;
        this.errorCode = code;
    }

    public int status() {
        return httpStatus;
    }

    /** The stable code, such as {@code unauthorized}; empty when the answer carried none. */
    public String code() {
        return errorCode;
    }
}
