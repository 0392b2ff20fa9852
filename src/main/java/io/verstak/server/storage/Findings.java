package io.verstak.server.storage;

/** Who is told what a verification finds, while it goes on. */
public interface Findings {

    /**
     * Something is not as it was stored.
     *
     * @param kind a word for scripts, such as {@code blob_missing}
     * @param text which one and what is wrong with it, in one line for a person
     */
    void damage(String kind, String text);

    /** That many more ops, or bytes of blobs, have been looked at. */
    void advance(long steps);
}
