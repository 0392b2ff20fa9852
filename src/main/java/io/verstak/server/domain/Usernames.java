package io.verstak.server.domain;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Rules for usernames: 3 to 64 of the Latin letters, digits, {@code .}, {@code _} and {@code -}.
 *
 * <p>Only ASCII letters: names that look alike in two scripts would pass for one another. Without {@code @} a username can
 * never be an e-mail address, with which it shares the login field. Imported names stay as they are.
 */
public final class Usernames {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{3,64}");

    private Usernames() {}

    /** A login or an address as it was meant: without the blanks around it that keyboards and copying add. */
    public static String typed(String login) {
        int start = 0;
        int end = login.length();
        // Not strip() or trim(): they would repair a line break.
        while (start < end && isBlank(login.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(login.charAt(end - 1))) {
            end--;
        }
        return login.substring(start, end);
    }

    private static boolean isBlank(char letter) {
        return letter == ' ' || letter == '\u00a0';
    }

    /** Whether somebody may register under this name. */
    public static boolean isAllowed(String name) {
        return ALLOWED.matcher(name).matches();
    }

    /** Returns the form in which names, addresses and logins are compared and made unique: lower case. */
    public static String key(String nameOrAddress) {
        return nameOrAddress.toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the key of an imported name or address that differs from an earlier one by case only: its owner signs in by typing
     * it exactly. Nobody can register such a key, as no name begins so.
     */
    public static String exactKey(String nameOrAddress) {
        return "= " + nameOrAddress;
    }
}
