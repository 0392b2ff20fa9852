package io.verstak.server.storage.sqlite.verify;

/** Receives the findings and the progress of a verification. */
public interface VerificationListener {

    /**
     * Reports damage.
     *
     * @param kind a word for scripts, such as {@code blob_missing}
     * @param text which object is damaged and how, in one line for a person
     */
    void damage(String kind, String text);

    /** Reports that this many more ops, or bytes of blobs, have been checked. */
    void advance(long steps);
}
