package io.verstak.server.account;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which passwords may be set. Every character of every script counts, none is cut, and no mixture of kinds is asked for
 * (NIST SP 800-63B, 5.1.1.2). Passwords that exist already are not judged.
 */
public final class PasswordPolicy {
    /** Bytes of UTF-8 that a user's password has at least. */
    public static final int MIN_BYTES = 8;

    /** Bytes of UTF-8 that an administrator's password has at least. */
    public static final int MIN_ADMINISTRATOR_BYTES = 12;

    /** Bytes of UTF-8 that a password has at most. */
    public static final int MAX_BYTES = 256;

    /** Why a password is refused; the name is the {@code error} text on the wire, under 400 {@code invalid_request}. */
    public enum Violation {
        PASSWORD_TOO_SHORT,
        PASSWORD_TOO_LONG,
        PASSWORD_TOO_COMMON
    }

    private final CommonPasswords common;
    private final int minBytes;

    private PasswordPolicy(CommonPasswords common, int minBytes) {
        this.common = common;
        this.minBytes = minBytes;
    }

    public static PasswordPolicy forUsers(CommonPasswords common) {
        return new PasswordPolicy(common, MIN_BYTES);
    }

    public static PasswordPolicy forAdministrators(CommonPasswords common) {
        return new PasswordPolicy(common, MIN_ADMINISTRATOR_BYTES);
    }

    /** Empty when the password is allowed. Cheap: may run on the event loop. */
    public Optional<Violation> violation(String password) {
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < minBytes) {
            return Optional.of(Violation.PASSWORD_TOO_SHORT);
        }
        if (bytes > MAX_BYTES) {
            return Optional.of(Violation.PASSWORD_TOO_LONG);
        }
        return common.contains(password) ? Optional.of(Violation.PASSWORD_TOO_COMMON) : Optional.empty();
    }
}
