package io.verstak.server.domain.listing;

import java.util.Optional;

/**
 * Which page of which devices.
 *
 * @param text a part of the owner's name or address; empty: everybody's
 * @param after where the page begins in a list that is not counted
 */
public record DeviceQuery(String text, State state, Position after, long offset, int limit) {

    /** Which devices. */
    public enum State {
        ANY,
        WORKING,
        REVOKED
    }

    /** Behind which device the next page begins. */
    public record Position(long createdAt, String id) {
        public static final Position FIRST = new Position(Long.MAX_VALUE, "");

        public String name() {
            return createdAt + "-" + id;
        }

        /** Empty when no position has this name. */
        public static Optional<Position> of(String name) {
            if (!name.matches("[0-9]{1,18}-.{1,200}")) {
                return Optional.empty();
            }
            String[] parts = name.split("-", 2);
            return Optional.of(new Position(Long.parseLong(parts[0]), parts[1]));
        }
    }
}
