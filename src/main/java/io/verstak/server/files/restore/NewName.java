package io.verstak.server.files.restore;

import io.verstak.server.domain.files.WindowsNames;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The names that new files may have: those that every system takes on which a desktop runs. */
final class NewName {
    private static final int MAX_BYTES = 255;
    private static final Pattern FORBIDDEN = Pattern.compile("\\p{Cntrl}|^[. ]");

    private NewName() {}

    static boolean isAllowed(String name) {
        return !name.isBlank()
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
                && StandardCharsets.UTF_8.newEncoder().canEncode(name)
                && WindowsNames.take(name)
                && !FORBIDDEN.matcher(name).find();
    }
}
