package io.verstak.server.domain.listing;

/**
 * An entry of the audit log.
 *
 * @param username empty when no user has the id, or the user was deleted
 * @param administrator who did it; empty: no administrator
 * @param subject the name of the device, passkey or provider; empty: none
 * @param agent the {@code User-Agent} of a browser, or the program of a device
 * @param method what proved who it is: a word such as {@code password}
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
        String administrator,
        String subject,
        String agent,
        String method,
        long times,
        long at) {}
