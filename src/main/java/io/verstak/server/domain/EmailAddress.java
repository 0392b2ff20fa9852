package io.verstak.server.domain;

import java.net.IDN;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An e-mail address that mail can be sent to: a dot-atom and a domain name (RFC 5321, 4.1.2), in ASCII. A domain in other letters
 * becomes its form in ASCII (RFC 5891), as browsers send it from a field for addresses. Quoted local parts,
 * address literals and local parts in other letters (SMTPUTF8) are refused; so is every control character, and thus a line
 * break, wherever it stands.
 *
 * @param text as it was typed, without spaces around it, its domain in ASCII
 */
public record EmailAddress(String text) {
    /** A path is 256 octets with its angle brackets (RFC 5321, 4.5.3.1.3). */
    private static final int MAX_LENGTH = 254;

    private static final int MAX_LOCAL_PART = 64;

    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String LAST_LABEL = "(?!\\d+$)" + LABEL;
    private static final Pattern SHAPE =
            Pattern.compile(ATOM + "(?:\\." + ATOM + ")*@(?:" + LABEL + "\\.)*" + LAST_LABEL);

    public EmailAddress {
        if (!isAddress(text)) {
            throw new IllegalArgumentException("not an e-mail address");
        }
    }

    /** Drops the blanks around it, as {@link Usernames#typed} does; repairs nothing else. */
    public static Optional<EmailAddress> parse(String text) {
        String address = asciiDomain(Usernames.typed(text));
        return isAddress(address) ? Optional.of(new EmailAddress(address)) : Optional.empty();
    }

    /** A login that may be an address, as it would be stored; anything else stays what it is. */
    public static String login(String text) {
        return asciiDomain(text);
    }

    private static String asciiDomain(String text) {
        int at = text.lastIndexOf('@');
        String domain = text.substring(at + 1);
        if (at < 0 || text.length() > MAX_LENGTH || domain.chars().allMatch(c -> c < 128)) {
            return text;
        }
        try {
            return text.substring(0, at + 1) + IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES);
        } catch (IllegalArgumentException notADomain) {
            return text;
        }
    }

    /** The form in which addresses are compared and made unique: lower case. */
    public String key() {
        return Usernames.key(text);
    }

    /** What stands behind the {@code @}, in lower case. */
    public String domain() {
        return key().substring(text.indexOf('@') + 1);
    }

    @Override
    public String toString() {
        return text;
    }

    private static boolean isAddress(String text) {
        return text.length() <= MAX_LENGTH
                && text.indexOf('@') <= MAX_LOCAL_PART
                && SHAPE.matcher(text).matches();
    }
}
