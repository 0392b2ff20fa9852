package io.verstak.server.domain.listing;

/**
 * Which page of which users.
 *
 * @param text a part of the name or the address, without regard to case; empty: everybody
 */
public record UserQuery(String text, State state, Order order, boolean descending, long offset, int limit) {

    /** The same with another text. */
    public UserQuery of(String other) {
        return new UserQuery(other, state, order, descending, offset, limit);
    }

    /** Whom the list is limited to. */
    public enum State {
        ANY,
        /** Confirmed and not blocked. */
        ACTIVE,
        BLOCKED,
        UNCONFIRMED
    }

    /** What the list is sorted by. */
    public enum Order {
        ID,
        USERNAME,
        EMAIL,
        CONFIRMED,
        BLOCKED,
        LAST_SEEN,
        CREATED_AT,
        DEVICES;

        /** Whether it changes all the time, and not only when somebody edits a user. */
        public boolean moves() {
            return this == LAST_SEEN || this == DEVICES;
        }
    }
}
