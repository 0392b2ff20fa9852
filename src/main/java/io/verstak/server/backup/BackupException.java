package io.verstak.server.backup;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.storage.StorageException;
import java.io.Serial;

/** A backup that cannot be made, with the reason that the history keeps. The message is one line for a person at the machine. */
final class BackupException extends StorageException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Finding finding;

    BackupException(Finding finding, String message) {
        super(message);
        this.finding = finding;
    }

    BackupException(Finding finding, String message, Throwable cause) {
        super(message, cause);
        this.finding = finding;
    }

    Finding finding() {
        return finding;
    }
}
