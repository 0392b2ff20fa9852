package io.verstak.server.domain.listing;

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
}
