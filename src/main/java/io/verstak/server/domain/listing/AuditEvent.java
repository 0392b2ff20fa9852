package io.verstak.server.domain.listing;

/**
 * An entry of the audit log.
 *
 * @param username empty when no user has the id, or the user was deleted
 * @param times how often it happened within the minute
 */
public record AuditEvent(
        long id,
        String type,
        String userId,
        String username,
        String deviceId,
        String address,
        String text,
        long times,
        long at) {}
