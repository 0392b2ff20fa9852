package io.verstak.server.domain.listing;

/**
 * Which entries of the audit log.
 *
 * @param type empty: every type
 * @param user an id, a name or an address, or the pseudonym of somebody who is gone; empty: everybody
 * @param since no older ones
 * @param from where the page begins
 * @param newer towards the latest, and not towards the oldest
 */
public record AuditQuery(String type, String user, long since, Position from, boolean newer, int limit) {

    /** A place between two entries. */
    public record Position(long at, long id) {
        public static final Position LATEST = new Position(Long.MAX_VALUE, Long.MAX_VALUE);
    }
}
