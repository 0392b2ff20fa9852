package io.verstak.server.storage;

import java.util.regex.Pattern;

/**
 * An entry of the audit log. Control characters and overlong texts of a client are never stored.
 *
 * @param type the event, as a word
 * @param userId the user concerned; empty when unknown
 * @param deviceId the device, or empty
 * @param address the client's network address, or empty
 * @param text for people; never contains a secret or a name that would outlive its user
 * @param times how often it happened: refusals of one kind are added up
 * @param at milliseconds since the epoch
 */
public record AuditEntry(
        String type, String userId, String deviceId, String address, String text, long times, long at) {
    private static final int MAX_TEXT = 500;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

    public AuditEntry {
        deviceId = clean(deviceId);
        address = clean(address);
        text = clean(text);
    }

    /** Returns the entry with a user who was unknown when it was created. */
    public AuditEntry of(String user) {
        return new AuditEntry(type, user, deviceId, address, text, times, at);
    }

    private static String clean(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT);
    }
}
