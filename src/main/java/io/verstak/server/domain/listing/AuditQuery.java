package io.verstak.server.domain.listing;

/**
 * Selects entries of the audit log.
 *
 * @param type empty for every type
 * @param user an id, a name or an address, or the pseudonym of a deleted user; empty for everyone
 * @param address the network address of the caller; empty for every address
 * @param device the id of the device; empty for every device
 * @param since omits older entries
 * @param from where the page begins
 * @param newer whether the page continues towards the latest entries
 */
public record AuditQuery(
        String type, String user, String address, String device, long since, Position from, boolean newer, int limit) {

    /** Selects the latest entries about a user, or about everyone. */
    public static AuditQuery latest(String user, int limit) {
        return new AuditQuery("", user, "", "", 0, Position.FIRST, false, limit);
    }
}
