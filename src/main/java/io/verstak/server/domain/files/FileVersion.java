package io.verstak.server.domain.files;

import io.verstak.server.domain.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A change in the history of a path.
 *
 * @param path where the file was after the change; before it, for {@link Change#REMOVED}
 * @param size in bytes
 * @param sha256 of the content after the change; null for a folder, and where nothing is left
 * @param deviceId the device that pushed the op; empty: none is known
 * @param changedAt when the op was made, in milliseconds since the epoch, as its device says
 */
public record FileVersion(
        long sequence,
        Change change,
        String path,
        FileKind kind,
        long size,
        @Nullable Sha256 sha256,
        String deviceId,
        long changedAt) {

    /** What an op did to a path. */
    public enum Change {
        CREATED,
        UPDATED,
        MOVED,
        REMOVED
    }
}
