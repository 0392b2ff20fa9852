package io.verstak.server.domain.sharing;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What somebody may do with a vault. */
public enum Role {
    OWNER,
    EDITOR,
    READER;

    /** Returns the word in the database and in forms, such as {@code editor}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String key) {
        return Arrays.stream(values()).filter(role -> role.key().equals(key)).findFirst();
    }
}
