package io.verstak.server.domain.listing;

/**
 * Selects entries of the audit log.
 *
 * @param type empty for every type
 * @param user an id, a name or an address, or the pseudonym of a deleted user; empty for everyone
 * @param since omits older entries
 * @param from where the page begins
 * @param newer whether the page continues towards the latest entries
 */
public record AuditQuery(String type, String user, long since, Position from, boolean newer, int limit) {}
