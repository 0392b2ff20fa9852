package io.verstak.server.testkit;

import java.io.Serial;

/** The server's refusal as a shipped desktop shows it to its user. */
public final class Refused extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final String errorCode;

    Refused(int status, String code) {
        super(status + " " + code);
        this.httpStatus = status;
        this.errorCode = code;
    }

    public int status() {
        return httpStatus;
    }

    public String code() {
        return errorCode;
    }
}
