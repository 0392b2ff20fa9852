package io.verstak.server.domain.listing;

import java.util.Optional;

/**
 * Which page of which vaults.
 *
 * @param text the beginning of the vault's id, or a part of its owner's name or address; empty: all
 * @param after where the page begins in a list that is not counted
 */
public record VaultQuery(String text, Order order, Position after, long offset, int limit) {

    /** What the list is sorted by: the latest or largest first. */
    public enum Order {
        CREATED,
        ACTIVITY,
        OPERATIONS
    }

    /** Behind which vault the next page begins: what the list is sorted by, as it is there, and the vault. */
    public record Position(long rank, long id) {
        public static final Position FIRST = new Position(Long.MAX_VALUE, Long.MAX_VALUE);

        public String name() {
            return rank + "-" + id;
        }

        /** Empty when no position has this name. */
        public static Optional<Position> of(String name) {
            if (!name.matches("[0-9]{1,18}-[0-9]{1,18}")) {
                return Optional.empty();
            }
            String[] parts = name.split("-", 2);
            return Optional.of(new Position(Long.parseLong(parts[0]), Long.parseLong(parts[1])));
        }
    }
}
