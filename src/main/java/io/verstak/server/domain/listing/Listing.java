package io.verstak.server.domain.listing;

import java.util.List;

/**
 * One page of a list, and how long the whole list is.
 *
 * @param total of all pages
 */
public record Listing<T>(List<T> rows, long total) {
    public Listing {
        rows = List.copyOf(rows);
    }
}
