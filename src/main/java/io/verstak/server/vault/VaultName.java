package io.verstak.server.vault;

import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules for what people call a vault. */
final class VaultName {
    /** In characters (code points), not in bytes: as many in every language. */
    private static final int MAX_CHARACTERS = 100;

    /** Control characters, ends of lines, what turns the direction of a text that follows, and halves of characters. */
    private static final Pattern FORBIDDEN =
            Pattern.compile("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u202A-\\u202E\\u2066-\\u2069]");

    private VaultName() {}

    /** Returns the name as it is stored: without blanks around it, in NFC; empty if it is not allowed. */
    static Optional<String> parse(String typed) {
        String name = Normalizer.normalize(typed, Normalizer.Form.NFC).strip();
        int characters = name.codePointCount(0, name.length());
        return characters == 0
                        || characters > MAX_CHARACTERS
                        || FORBIDDEN.matcher(name).find()
                ? Optional.empty()
                : Optional.of(name);
    }
}
