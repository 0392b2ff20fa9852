package io.verstak.server.config;

import io.verstak.server.config.annotation.OneOf;
import io.verstak.server.config.annotation.Range;
import io.verstak.server.config.annotation.Secret;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SMTP server that mail goes out through.
 *
 * @param host its name; empty switches mail off: mails then wait in the outbox
 * @param port usually 587 for {@code starttls}, 465 for {@code tls}
 * @param security {@code starttls} and {@code tls} need a valid certificate for the host and never fall back
 * @param user empty: no login
 * @param password never shown again, nowhere
 * @param from the sender, {@code address} or {@code Name <address>}
 */
public record MailConfig(
        String host,
        @Range(min = 1, max = 65535) int port,
        @OneOf({"none", "starttls", "tls"}) String security,
        String user,
        @Secret String password,
        String from) {

    private static final List<String> SECURITY = List.of("none", "starttls", "tls");
    private static final String ADDRESS = "[!-~&&[^<>()\\[\\]\\\\,;:@\"]]+@[A-Za-z0-9.-]+";
    private static final Pattern FROM = Pattern.compile("(" + ADDRESS + ")|([^<>\"\\p{Cntrl}]*?) *<(" + ADDRESS + ")>");

    private static final int LONGEST_SENDER = 300;

    /** Where mail is off. */
    public static final MailConfig DEFAULT = new MailConfig("", 587, "starttls", "", "", "");

    public MailConfig {
        Problems problems = new Problems();
        if (!host.matches("[A-Za-z0-9._:-]{0,300}")) {
            problems.refuse("mail.host", host, "a host name or an address, or empty");
        }
        // Also what a page sends passes here: an unknown word must not end as a connection without encryption.
        if (!SECURITY.contains(security)) {
            problems.refuse("mail.security", security, String.join(", ", SECURITY));
        }
        if (port < 1 || port > 65535) {
            problems.refuse("mail.port", port, "a whole number from 1 to 65535");
        }
        boolean sender = from.length() <= LONGEST_SENDER && FROM.matcher(from).matches();
        if (!sender && !(from.isEmpty() && host.isEmpty())) {
            problems.refuse("mail.from", from, "an address such as sync@example.org, or Name <sync@example.org>");
        }
        problems.throwIfAny();
    }

    /** The same with another password. */
    public MailConfig withPassword(String other) {
        return new MailConfig(host, port, security, user, other, from);
    }

    /** Whether there is a server to send through. */
    public boolean isOn() {
        return !host.isEmpty();
    }

    /** The sender's address; only where mail is on. */
    public String fromAddress() {
        Matcher matcher = fromParts();
        return matcher.group(1) == null ? matcher.group(3) : matcher.group(1);
    }

    /** The sender's name, or empty; only where mail is on. */
    public String fromName() {
        Matcher matcher = fromParts();
        return matcher.group(1) == null ? matcher.group(2).strip() : "";
    }

    private Matcher fromParts() {
        Matcher matcher = FROM.matcher(from);
        if (!matcher.matches()) {
            throw new IllegalStateException("mail is off");
        }
        return matcher;
    }

    /** Without the password: settings end up in logs. */
    @Override
    public String toString() {
        return "MailConfig[%s:%s, %s, %s, from %s]".formatted(host, port, security, user, from);
    }
}
