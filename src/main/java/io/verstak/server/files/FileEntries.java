package io.verstak.server.files;

import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.storage.files.FileTreeStore.After;
import io.verstak.server.storage.files.FileTreeStore.Found;
import io.verstak.server.storage.files.NodeVersion;

/** Makes entries of rows. */
final class FileEntries {
    private FileEntries() {}

    /** Returns what is known of a place at a moment, under the path that it has then. */
    static FileEntry of(String path, Found found, long moment) {
        NodeVersion version = found.version();
        return new FileEntry(
                path,
                version.kind(),
                version.size(),
                version.sha256(),
                version.sequence(),
                version.deviceId(),
                version.madeAt(),
                found.place().to() <= moment ? found.place().to() : 0);
    }

    /** Returns where a page of a folder begins whose page before has ended with this. */
    static After after(Found last) {
        return new After(last.place().file(), last.place().name());
    }
}
