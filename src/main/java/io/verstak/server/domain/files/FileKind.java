package io.verstak.server.domain.files;

/** What an entry of a folder is. */
public enum FileKind {
    FOLDER(0),
    /** A top-level folder that a desktop shows as a Deal. */
    DEAL(1),
    /** A file whose content is part of an op. */
    TEXT(2),
    /** A file whose content is a blob. */
    BLOB(3);

    private final int number;

    FileKind(int number) {
        this.number = number;
    }

    /** Returns the number under which it is stored. */
    public int number() {
        return number;
    }

    /** @throws IllegalArgumentException if no kind has this number */
    public static FileKind of(int number) {
        for (FileKind kind : values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind of file has the number " + number);
    }

    public boolean isFolder() {
        return this == FOLDER || this == DEAL;
    }
}
