package io.verstak.server.storage;

import java.util.Collections;

/** The marks of a statement's parameters. */
final class Marks {
    private Marks() {}

    /** So many, for a list in brackets. */
    static String of(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
