package io.verstak.server.domain.listing;

/**
 * An invitation in a list.
 *
 * @param email whom it was mailed to; empty: handed over by other means
 * @param usedBy the user's id; empty: not yet
 */
public record ListedInvitation(
        String id, String email, String invitedBy, String usedBy, String usedByName, long createdAt, long expiresAt) {}
