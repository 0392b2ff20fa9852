package io.verstak.server.account;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of checking a password against a stored hash.
 *
 * @param matches whether it is the password
 * @param replacement a new hash of the same password, when the stored one is of an older kind. Store it only if the row
 *     still holds the hash that was checked: the password may have been changed meanwhile
 */
public record PasswordCheck(boolean matches, Optional<String> replacement) {
    static final PasswordCheck NO_MATCH = new PasswordCheck(false, Optional.empty());

    static PasswordCheck match(@Nullable String replacement) {
        return new PasswordCheck(true, Optional.ofNullable(replacement));
    }

    /** Whether the stored hash is of an older kind and {@link #replacement} should be stored in its place. */
    public boolean needsRehash() {
        return replacement.isPresent();
    }
}
