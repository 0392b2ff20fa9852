package io.verstak.server.ops.imports;

/** Who is told how far an import is. Called by the import's thread, often. */
public interface ImportProgress {
    /** The next part begins, with that many steps. */
    void part(String name, long steps);

    void advance(long steps);
}
