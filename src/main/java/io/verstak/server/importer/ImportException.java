package io.verstak.server.importer;

import java.io.Serial;

/** An import that cannot go on. The message is one line for a person. */
public final class ImportException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    ImportException(String message) {
        super(message);
    }

    ImportException(String message, Throwable cause) {
        super(message, cause);
    }
}
