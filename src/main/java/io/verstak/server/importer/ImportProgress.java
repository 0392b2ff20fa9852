package io.verstak.server.importer;

/** Receives the progress of an import. Called often, by the import's thread. */
public interface ImportProgress {
    /** The next part begins, with this many steps. */
    void part(String name, long steps);

    void advance(long steps);
}
