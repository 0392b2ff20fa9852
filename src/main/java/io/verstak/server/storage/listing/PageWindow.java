package io.verstak.server.storage.listing;

/**
 * The position of a page in a list that is read along an index. It is counted from the nearer end of the list, since
 * every earlier row is skipped one by one: the last page costs as much as the first.
 *
 * @param fromEnd whether the list is read backwards
 * @param limit rows of the page
 * @param offset rows to skip
 */
record PageWindow(boolean fromEnd, long limit, long offset) {

    /** @param total the length of the list; after a recent change the page may begin a row off */
    static PageWindow of(long offset, int limit, long total) {
        if (offset <= total / 2 || offset >= total) {
            return new PageWindow(false, limit, offset);
        }
        long rows = Math.min(limit, total - offset);
        return new PageWindow(true, rows, total - offset - rows);
    }

    /** Returns the order in which the list is read; each column of {@code order} names its direction, the same for all. */
    String order(String order) {
        if (!fromEnd) {
            return order;
        }
        return order.contains(" DESC") ? order.replace(" DESC", " ASC") : order.replace(" ASC", " DESC");
    }
}
