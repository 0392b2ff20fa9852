package io.verstak.server.storage;

import java.io.Serial;

/** A data directory or a database with which the server cannot start. The message is one line for a person. */
public class StorageException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
