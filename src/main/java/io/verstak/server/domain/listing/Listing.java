package io.verstak.server.domain.listing;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list, and how long the whole list is.
 *
 * @param total of all pages; {@link #UNCOUNTED} where that would take longer than anybody waits
 * @param next of an uncounted list: behind what the next page begins; empty: this is the last
 */
public record Listing<T>(List<T> rows, long total, String next) {
    public static final long UNCOUNTED = -1;

    public Listing {
        rows = List.copyOf(rows);
    }

    public Listing(List<T> rows, long total) {
        this(rows, total, "");
    }

    /**
     * A page of an uncounted list.
     *
     * @param found one more than the page holds, if there is another page
     * @param position names the place behind a row
     */
    public static <T> Listing<T> walked(List<T> found, int limit, Function<T, String> position) {
        return found.size() <= limit
                ? new Listing<>(found, UNCOUNTED)
                : new Listing<>(found.subList(0, limit), UNCOUNTED, position.apply(found.get(limit - 1)));
    }
}
