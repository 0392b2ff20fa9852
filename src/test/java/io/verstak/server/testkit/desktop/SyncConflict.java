package io.verstak.server.testkit.desktop;

import java.io.Serial;

/** An op of another device that does not apply: the sync stops before it and asks the user. */
public final class SyncConflict extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final long opSequence;
    private final String path;

    SyncConflict(long sequence, String path, String reason) {
        super("op %s on '%s': %s".formatted(sequence, path, reason));
        this.opSequence = sequence;
        this.path = path;
    }

    /** The sequence of the op. */
    public long sequence() {
        return opSequence;
    }

    public String path() {
        return path;
    }
}
