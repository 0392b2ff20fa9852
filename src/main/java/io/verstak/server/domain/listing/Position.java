package io.verstak.server.domain.listing;

import java.util.Optional;

/**
 * A place between two rows of a list without a length, sorted by a number and then by the row.
 *
 * @param order the number by which the list is sorted: a time or a figure
 */
public record Position(long order, long id) {
    /** Precedes every row of a list whose largest comes first. */
    public static final Position FIRST = new Position(Long.MAX_VALUE, Long.MAX_VALUE);

    /** Returns the form in which an address names it. */
    public String name() {
        return order + "-" + id;
    }

    /** Parses a position; empty if it is invalid. */
    public static Optional<Position> of(String name) {
        if (!name.matches("[0-9]{1,18}-[0-9]{1,18}")) {
            return Optional.empty();
        }
        String[] parts = name.split("-", 2);
        return Optional.of(new Position(Long.parseLong(parts[0]), Long.parseLong(parts[1])));
    }
}
