package io.verstak.server.storage.log;

import io.vertx.core.buffer.Buffer;

/**
 * One page of a log.
 *
 * @param json the answer's body
 * @param head the sequence of the scope's last op, from the same snapshot as the page
 * @param complete whether nothing of the log comes after the page
 * @param beyond whether the cursor is above the scope's counter, by no more than a restore can cause
 */
public record LogPage(Buffer json, long head, boolean complete, boolean beyond) {

    /**
     * Returns the page of the ops that were found above a cursor.
     *
     * @param counter the last sequence that the scope has given or left out
     * @param more whether the log has ops after those
     * @param gap whether numbers are left out between the cursor and the last op
     */
    public static LogPage of(
            PageJson ops, long cursor, long head, long counter, String logId, boolean more, boolean gap) {
        long last = ops.ops() == 0 ? cursor : ops.last();
        return new LogPage(
                ops.end(head, last, more, logId, gap), head, !more, LogGap.mayBeRestored(cursor, head, counter));
    }
}
