package io.verstak.server.domain.listing;

/**
 * Selects a page of users.
 *
 * @param text a part of the name or the address, ignoring case; empty for everyone
 */
public record UserQuery(String text, State state, Order order, boolean descending, long offset, int limit) {
    /** The states of users to list. */
    public enum State {
        ANY,
        /** Confirmed and not blocked. */
        ACTIVE,
        BLOCKED,
        UNCONFIRMED
    }

    /** The order of the list. */
    public enum Order {
        ID,
        USERNAME,
        EMAIL,
        CONFIRMED,
        BLOCKED,
        LAST_SEEN,
        CREATED_AT,
        DEVICES
    }
}
