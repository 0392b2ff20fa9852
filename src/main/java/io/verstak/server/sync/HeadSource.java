package io.verstak.server.sync;

/**
 * Where waiting pulls and streams learn that the head of a scope has moved. A server on one machine commits all ops
 * itself; one of several nodes also has to learn of the others' commits. Safe for any thread.
 */
public interface HeadSource {
    /**
     * Reports to the listener every commit that ends after this call has returned. So a caller that listens first and reads
     * then misses nothing.
     *
     * <p>A report follows its commit: a read that begins with the report finds the op. It says the head that was committed,
     * never a later one. The reports of a scope are in the order of its commits, and may be merged: the last one always comes.
     */
    void listen(HeadListener listener);
}
