package io.verstak.server.sync;

/** Receives the new heads of logs from a {@link HeadSource}. */
public interface HeadListener {
    /**
     * Called by several threads of the source, such as the log's writers; the heads of one scope come in order. Neither blocks nor fails.
     *
     * @param head the sequence of the scope's last op
     */
    void moved(long scopeId, long head);
}
