package io.verstak.server.domain.listing;

import java.util.Optional;

/**
 * Selects a page of vaults.
 *
 * @param text the beginning of the vault's id, or a part of its owner's name or address; empty for all
 * @param after where the page begins in an uncounted list
 */
public record VaultQuery(String text, Order order, Position after, long offset, int limit) {

    /** The order of the list: the latest or largest first. */
    public enum Order {
        CREATED,
        ACTIVITY,
        OPERATIONS
    }

    /** The position after which the next page begins: the sort value and the vault. */
    public record Position(long rank, long id) {
        public static final Position FIRST = new Position(Long.MAX_VALUE, Long.MAX_VALUE);

        public String name() {
            return rank + "-" + id;
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
}
