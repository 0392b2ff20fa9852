package io.verstak.server.backup;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.verstak.server.backup.BackupProblem.Finding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup, or a run that failed to make one.
 *
 * @param name of its folder or file; empty if there is none
 * @param at when it began, in milliseconds
 * @param by {@code schedule}, {@code page} or {@code command}; empty: unknown
 * @param millis how long it took; null: unknown
 * @param bytes of database and blobs; null: unknown
 * @param operations null: unknown
 * @param damaged blobs that were damaged at the source
 * @param failure why it failed; null: it did not
 * @param verifiedAt when somebody last compared it with its hashes; null: nobody has
 * @param problems what that found; empty: nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record BackupRun(
        String name,
        long at,
        String by,
        @Nullable Long millis,
        @Nullable Long bytes,
        @Nullable Long operations,
        long damaged,
        @Nullable Finding failure,
        @Nullable Long verifiedAt,
        List<Finding> problems) {

    /** One of which nothing but its folder is known. */
    static BackupRun found(String name) {
        return new BackupRun(
                name, BackupFolder.time(name).toEpochMilli(), "", null, null, null, 0, null, null, List.of());
    }

    /** A run that made none. */
    static BackupRun failed(String by, long at, long millis, Finding why) {
        return new BackupRun("", at, by, millis, null, null, 0, why, null, List.of());
    }

    BackupRun verified(long when, List<Finding> found) {
        return new BackupRun(name, at, by, millis, bytes, operations, damaged, failure, when, found);
    }
}
