package io.verstak.server.domain.listing;

/**
 * Which page of which devices.
 *
 * @param text a part of the owner's name or address; empty: everybody's
 */
public record DeviceQuery(String text, State state, long offset, int limit) {

    /** Which devices. */
    public enum State {
        ANY,
        WORKING,
        REVOKED
    }

    /** Behind which device the next page begins. */
    public record Position(long createdAt, String id) {
        public static final Position FIRST = new Position(Long.MAX_VALUE, "");
    }
}
