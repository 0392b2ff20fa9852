package io.verstak.server.sync;

/** Learns that ops were committed. */
public interface HeadListener {
    /**
     * Called by the log's writer thread, after the commit and in its order. Does not block.
     *
     * @param head the sequence of the scope's last op
     */
    void moved(long scopeId, long head);
}
