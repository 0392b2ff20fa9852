package io.verstak.server.domain.listing;

import java.util.List;
import java.util.function.Function;

/**
 * A page of a list with the length of the whole list.
 *
 * @param total of all pages; {@link #UNCOUNTED} where counting would take too long
 * @param next the position after which the next page of an uncounted list begins; empty on the last page
 */
public record Page<T>(List<T> rows, long total, String next) {
    public static final long UNCOUNTED = -1;

    public Page {
        rows = List.copyOf(rows);
    }

    public Page(List<T> rows, long total) {
        this(rows, total, "");
    }

    /**
     * Returns a page of an uncounted list.
     *
     * @param found one more row than the page holds, if there is another page
     * @param position returns the position after a row
     */
    public static <T> Page<T> walked(List<T> found, int limit, Function<T, String> position) {
        return found.size() <= limit
                ? new Page<>(found, UNCOUNTED)
                : new Page<>(found.subList(0, limit), UNCOUNTED, position.apply(found.get(limit - 1)));
    }
}
