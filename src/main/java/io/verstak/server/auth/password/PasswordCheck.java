package io.verstak.server.auth.password;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of checking a password against a stored hash.
 *
 * @param matches whether it is the password
 * @param replacement a new hash of the same password when the stored one is outdated. Store it only if the row still
 *     holds the checked hash, since the password may have changed meanwhile
 */
public record PasswordCheck(boolean matches, Optional<String> replacement) {
    public static final PasswordCheck NO_MATCH = new PasswordCheck(false, Optional.empty());

    static PasswordCheck match(@Nullable String replacement) {
        return new PasswordCheck(true, Optional.ofNullable(replacement));
    }

    /** Returns whether the stored hash is outdated and {@link #replacement} should replace it. */
    public boolean needsRehash() {
        return replacement.isPresent();
    }
}
