package io.verstak.server.domain.files;

import io.verstak.server.domain.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A file or folder of a vault at a moment.
 *
 * @param path names separated by {@code /}, as the desktop has sent them; empty: the vault itself
 * @param size in bytes; 0 for a folder
 * @param sha256 of the content; null for a folder
 * @param sequence of the op that gave it this content, or that made the folder
 * @param deviceId the device that pushed this op; empty: none is known
 * @param changedAt when that op was made, in milliseconds since the epoch, as its device says
 * @param deletedBy the sequence of the op that removed it, at this moment or before; 0: it is there
 */
public record FileEntry(
        String path,
        FileKind kind,
        long size,
        @Nullable Sha256 sha256,
        long sequence,
        String deviceId,
        long changedAt,
        long deletedBy) {

    /** Returns the last name of the path. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
