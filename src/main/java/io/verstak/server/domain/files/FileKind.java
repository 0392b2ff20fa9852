package io.verstak.server.domain.files;

/** What an entry of a folder is. */
public enum FileKind {
    FOLDER,
    /** A top-level folder that a desktop shows as a Deal. */
    DEAL,
    /** A file whose content stands in an op. */
    TEXT,
    /** A file whose content is a blob. */
    BLOB;

    public boolean isFolder() {
        return this == FOLDER || this == DEAL;
    }
}
