package io.verstak.server.domain.listing;

import java.util.Optional;

/**
 * Selects a page of devices.
 *
 * @param text a part of the owner's name or address; empty for everyone's
 * @param order latest first in an uncounted list, and instead of {@code LAST_SEEN} in one of more than {@value #SORTED} devices
 * @param after where the page begins in an uncounted list
 */
public record DeviceQuery(
        String text, State state, Order order, boolean descending, Position after, long offset, int limit) {
    /** Up to this many devices are sorted with every query by what has no index. */
    public static final long SORTED = 2000;

    /** The orders of a counted list. */
    public enum Order {
        CREATED,
        NAME,
        LAST_SEEN
    }

    /** The states of devices to list. */
    public enum State {
        ANY,
        WORKING,
        REVOKED
    }

    /** The position after which the next page begins. */
    public record Position(long createdAt, String id) {
        public static final Position FIRST = new Position(Long.MAX_VALUE, "");

        public String name() {
            return createdAt + "-" + id;
        }

        /** Parses a position; empty if it is invalid. */
        public static Optional<Position> of(String name) {
            if (!name.matches("[0-9]{1,18}-.{1,200}")) {
                return Optional.empty();
            }
            String[] parts = name.split("-", 2);
            return Optional.of(new Position(Long.parseLong(parts[0]), parts[1]));
        }
    }
}
