package io.verstak.server.storage.files;

/**
 * How far the index of a vault has come.
 *
 * @param format of its rows; those of another one are made again
 * @param logId of the log that it was made from
 * @param sequence of the last op that it contains
 * @param nextNode the number of the next node
 * @param otherChanges ops that changed no file
 * @param lastTime the latest time that an op was given, in milliseconds since the epoch
 */
public record IndexCursor(
        long scopeId, int format, String logId, long sequence, long nextNode, long otherChanges, long lastTime) {

    /** Returns the cursor of an index that contains nothing yet. */
    public static IndexCursor first(long scopeId, int format, String logId) {
        return new IndexCursor(scopeId, format, logId, 0, Place.ROOT + 1, 0, 0);
    }
}
