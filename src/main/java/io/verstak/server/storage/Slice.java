package io.verstak.server.storage;

/**
 * Where a page lies in a list that is walked along an index. It is counted from the nearer end of the list, for every row before
 * it is walked over: the last page costs what the first does.
 *
 * @param fromEnd whether the list is walked backwards
 * @param limit rows of the page
 * @param offset rows to walk over
 */
record Slice(boolean fromEnd, long limit, long offset) {

    /** @param total how long the list is; when it has just changed, the page may begin a row off */
    static Slice of(long offset, int limit, long total) {
        if (offset <= total / 2 || offset >= total) {
            return new Slice(false, limit, offset);
        }
        long rows = Math.min(limit, total - offset);
        return new Slice(true, rows, total - offset - rows);
    }

    /** The order in which the list is walked; each column of {@code order} is a {@code DESC}. */
    String order(String order) {
        return fromEnd ? order.replace(" DESC", " ASC") : order;
    }
}
