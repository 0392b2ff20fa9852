package io.verstak.server.files.format;

import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileKind;
import java.util.Optional;

/** What an op does to the tree of files. */
public sealed interface FileChange {

    /** A folder is there, and those that it is in. */
    record MakeFolder(VaultPath path) implements FileChange {}

    /**
     * A file is there and has this content.
     *
     * @param size in bytes
     */
    record PutFile(VaultPath path, FileKind kind, long size, Sha256 sha256) implements FileChange {}

    /** A file, or a folder with all that is below it, is there no longer. */
    record Remove(VaultPath path) implements FileChange {}

    /** A file, or a folder with all that is below it, has another path. */
    record Move(VaultPath from, VaultPath to) implements FileChange {}

    /**
     * A Deal changes.
     *
     * @param id of the Deal, which stays with it
     * @param path where it is; for {@link DealStep#TRASH} where it was
     * @param before where it was, if the op says so
     */
    record DealChange(DealStep step, String id, VaultPath path, Optional<VaultPath> before) implements FileChange {}

    /** What is done with a Deal. */
    enum DealStep {
        CREATE,
        RENAME,
        TRASH,
        RESTORE
    }

    /** No file changes, or it cannot be said which. */
    record Other() implements FileChange {
        static final Other INSTANCE = new Other();
    }
}
