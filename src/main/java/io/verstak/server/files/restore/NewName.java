package io.verstak.server.files.restore;

import io.verstak.server.domain.files.WindowsNames;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The names that new files may have: those that every system takes on which a desktop runs. */
final class NewName {
    private static final int MAX_BYTES = 255;

    /** Control characters, ends of lines, what turns the direction of a text that follows, and a dot or a blank in front. */
    private static final Pattern FORBIDDEN =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\u202A-\\u202E\\u2066-\\u2069]|^[. ]");

    private NewName() {}

    static boolean isAllowed(String name) {
        return !name.isBlank()
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
                && StandardCharsets.UTF_8.newEncoder().canEncode(name)
                && WindowsNames.take(name)
                && !FORBIDDEN.matcher(name).find();
    }
}
