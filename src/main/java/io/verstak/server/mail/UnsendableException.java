package io.verstak.server.mail;

import java.io.Serial;

/** A mail that no further try can send. */
final class UnsendableException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UnsendableException(String message) {
        super(message, null, false, false);
    }
}
