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
 * @param details cleared when the user is deleted
 * @param told whether the person concerned is told
 */
public record AuditEntry(
        String type,
        String userId,
        String deviceId,
        String address,
        String text,
        long times,
        long at,
        Details details,
        Told told) {
    private static final int MAX_TEXT = 500;
    private static final int MAX_DETAIL = 256;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

    /** Characters that change the order of the text around them. */
    private static final Pattern DIRECTION = Pattern.compile("[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

    /** How the person concerned is told. */
    public enum Told {
        NO(0),
        /** By a line on the dashboard and a mail. */
        BY_MAIL(1),
        /** By a line on the dashboard. */
        BY_LINE(2);

        private final int number;

        Told(int number) {
            this.number = number;
        }

        /** Returns the value in the database. */
        int number() {
            return number;
        }
    }

    /**
     * What the person concerned sees of an event besides.
     *
     * @param administrator the key of the administrator who did it; empty: none did
     * @param subject the name of the device, passkey or provider
     * @param agent the {@code User-Agent} of a browser, or the program of a device
     * @param method what proved who it is: a word such as {@code password}
     */
    public record Details(String administrator, String subject, String agent, String method) {
        static final Details NONE = new Details("", "", "", "");

        public Details {
            administrator = clean(administrator, MAX_DETAIL);
            subject = DIRECTION.matcher(clean(subject, MAX_DETAIL)).replaceAll("");
            agent = DIRECTION.matcher(clean(agent, MAX_DETAIL)).replaceAll("");
        }
    }

    public AuditEntry {
        deviceId = clean(deviceId, MAX_TEXT);
        address = clean(address, MAX_TEXT);
        text = clean(text, MAX_TEXT);
    }

    /** Creates an entry without details, of which nobody is told. */
    public AuditEntry(String type, String userId, String deviceId, String address, String text, long times, long at) {
        this(type, userId, deviceId, address, text, times, at, Details.NONE, Told.NO);
    }

    /** Returns the entry with a user who was unknown when it was created. */
    public AuditEntry of(String user) {
        return new AuditEntry(type, user, deviceId, address, text, times, at, details, told);
    }

    public AuditEntry administrator(String name) {
        return with(new Details(name, details.subject, details.agent, details.method));
    }

    public AuditEntry subject(String name) {
        return with(new Details(details.administrator, name, details.agent, details.method));
    }

    public AuditEntry agent(String name) {
        return with(new Details(details.administrator, details.subject, name, details.method));
    }

    public AuditEntry method(String word) {
        return with(new Details(details.administrator, details.subject, details.agent, word));
    }

    public AuditEntry told(Told how) {
        return new AuditEntry(type, userId, deviceId, address, text, times, at, details, how);
    }

    /** Returns the entry as a sum of this many events. */
    public AuditEntry times(long sum) {
        return new AuditEntry(type, userId, deviceId, address, text, sum, at, details, told);
    }

    private AuditEntry with(Details other) {
        return new AuditEntry(type, userId, deviceId, address, text, times, at, other, told);
    }

    private static String clean(String text, int most) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return line.length() <= most ? line : line.substring(0, most);
    }
}
