package io.verstak.client;

import java.io.IOException;
import java.io.Serial;

/** The server has understood the request and refuses it; repeating it is useless. */
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

    /** Returns the stable code, such as {@code unauthorized}; empty when the answer had none. */
    public String code() {
        return errorCode;
    }
}
