package io.verstak.server.storage.listing;

import java.util.Collections;

/** The placeholders of a statement's parameters. */
final class Placeholders {
    private Placeholders() {}

    /** Returns this many placeholders for a list in brackets. */
    static String of(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
