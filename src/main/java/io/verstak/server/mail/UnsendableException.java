package io.verstak.server.mail;

import java.io.Serial;

/** A mail that cannot be sent by any further try. */
final class UnsendableException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UnsendableException(String message) {
        super(message, null, false, false);
    }
}
