package io.verstak.server.domain.listing;

/**
 * An invitation in a list.
 *
 * @param email the address it was mailed to; empty if it was handed over in another way
 * @param usedBy the user's id; empty if unused
 */
public record InvitationSummary(
        String id, String email, String invitedBy, String usedBy, String usedByName, long createdAt, long expiresAt) {}
