package io.verstak.server.auth.password;

import io.verstak.server.error.Message;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The policy for new passwords. Every character of every script counts, none is cut off, and no mixture of character
 * classes is required (NIST SP 800-63B, 5.1.1.2). Existing passwords are not checked.
 */
public final class PasswordPolicy {
    /** The least number of UTF-8 bytes of a user's password. */
    public static final int MIN_BYTES = 8;

    /** The least number of UTF-8 bytes of an administrator's password. */
    public static final int MIN_ADMINISTRATOR_BYTES = 12;

    /** The largest number of UTF-8 bytes of a password. */
    public static final int MAX_BYTES = 256;

    private final CommonPasswords common;
    private final int minBytes;

    private PasswordPolicy(CommonPasswords common, int minBytes) {
        this.common = common;
        this.minBytes = minBytes;
    }

    static PasswordPolicy forUsers(CommonPasswords common) {
        return new PasswordPolicy(common, MIN_BYTES);
    }

    static PasswordPolicy forAdministrators(CommonPasswords common) {
        return new PasswordPolicy(common, MIN_ADMINISTRATOR_BYTES);
    }

    /** Returns why the password is refused; empty when it is allowed. Cheap enough for the event loop. */
    Optional<Message> violation(String password) {
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < minBytes) {
            return Optional.of(Message.PASSWORD_TOO_SHORT);
        }
        if (bytes > MAX_BYTES) {
            return Optional.of(Message.PASSWORD_TOO_LONG);
        }
        return common.contains(password) ? Optional.of(Message.PASSWORD_TOO_COMMON) : Optional.empty();
    }
}
