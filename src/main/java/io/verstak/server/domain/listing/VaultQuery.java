package io.verstak.server.domain.listing;

/**
 * Which page of which vaults.
 *
 * @param text the beginning of the vault's id, or a part of its owner's name or address; empty: all
 */
public record VaultQuery(String text, Order order, long offset, int limit) {

    /** What the list is sorted by: the latest or largest first. */
    public enum Order {
        CREATED,
        ACTIVITY,
        OPERATIONS
    }
}
