package io.verstak.server.cli;

/** Counts in words. */
final class Plural {
    private Plural() {}

    /** Returns {@code 1 blob} or {@code 2 blobs}. */
    static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
