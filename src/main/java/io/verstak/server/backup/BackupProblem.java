package io.verstak.server.backup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.verstak.server.error.Message;
import io.verstak.server.storage.StorageException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/**
 * Why a run made no backup, or what a verification has found. The log gets the English text; pages show the text of their reader's language
 * under the constant's name.
 */
public enum BackupProblem {
    STOPPED("the server stopped during it"),
    CLOCK_BEHIND("this machine's clock is behind: backups in %s are dated in the future"),
    FOLDER_SILENT("the folder of backups does not answer"),
    FOLDER_MISSING("there is no folder %s"),
    NOT_A_FOLDER("%s is not a folder"),
    INSIDE_DATA("%s lies inside the data directory"),
    NO_PERMISSION("the server may not use %s"),
    DISK_FULL("the disk of %s is full"),
    NOT_AS_WRITTEN("%s does not give back what was written to it"),
    OTHER("the server's log says why"),
    FILE_MISSING("%s is missing"),
    FILE_CHANGED("%s holds other bytes"),
    BLOB_CHANGED("blob %s is missing or holds other bytes"),
    UNREADABLE("its list of files cannot be read");

    private final String text;

    /**
     * One of them.
     *
     * @param subject the file, folder or blob; empty: none
     */
    public record Finding(BackupProblem problem, String subject) {

        /** Returns the reason of a run's failure. */
        static Finding of(Throwable failure) {
            if (failure instanceof BackupException known) {
                return known.finding();
            }
            if (Message.BACKUP_FOLDER_SILENT.isReasonOf(failure)) {
                return new Finding(FOLDER_SILENT, "");
            }
            Throwable cause = failure.getCause();
            if (failure instanceof StorageException && cause != null) {
                return of(cause);
            }
            String file =
                    failure instanceof FileSystemException known && known.getFile() != null ? known.getFile() : "";
            return new Finding(kind(failure), file);
        }

        private static BackupProblem kind(Throwable failure) {
            if (failure instanceof AccessDeniedException) {
                return NO_PERMISSION;
            }
            if (failure instanceof NoSuchFileException) {
                return FILE_MISSING;
            }
            return failure instanceof NotDirectoryException || failure instanceof FileAlreadyExistsException
                    ? NOT_A_FOLDER
                    : OTHER;
        }

        /** Returns the last part of the name of its texts. */
        @JsonIgnore
        public String key() {
            return problem.key();
        }

        /** Returns the English text for the log. */
        @JsonIgnore
        public String text() {
            return problem.text.formatted(subject);
        }
    }

    BackupProblem(String text) {
        this.text = text;
    }

    /** Returns the last part of the name of its texts. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the failure of a run. */
    BackupException failure(Object subject, String message) {
        return new BackupException(new Finding(this, String.valueOf(subject)), message);
    }
}
