package io.verstak.server.blob;

/** The state of a stored blob. */
public enum BlobVerdict {
    WHOLE,
    /** The file is missing, or something else is in its place. */
    MISSING,
    WRONG_SIZE,
    /** The bytes have a different hash. */
    WRONG_BYTES,
    /** The disk cannot read all of its bytes. */
    UNREADABLE,
    /** It must be read to know, or it cannot be opened for a reason unrelated to its bytes: too many open files. */
    UNKNOWN;

    /** Returns whether only another upload or a backup can restore the bytes. */
    public boolean isDamage() {
        return this != WHOLE && this != UNKNOWN;
    }
}
