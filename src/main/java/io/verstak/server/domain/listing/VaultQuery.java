package io.verstak.server.domain.listing;

/**
 * Selects a page of vaults.
 *
 * @param text the beginning of the vault's id, or a part of its owner's name or address; empty for all
 * @param after where the page begins in an uncounted list
 */
public record VaultQuery(String text, Order order, boolean descending, Position after, long offset, int limit) {

    /** The order of the list: the earliest or smallest first, unless it is descending. */
    public enum Order {
        CREATED,
        ACTIVITY,
        OPERATIONS
    }
}
