package io.verstak.server.files.restore;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The names that new files may have: those that every system takes on which a desktop runs. */
final class NewName {
    private static final int MAX_BYTES = 255;
    private static final Pattern FORBIDDEN = Pattern.compile("[<>:\"/\\\\|?*\\p{Cntrl}]|^[. ]|[. ]$");
    private static final Pattern DEVICE =
            Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?", Pattern.CASE_INSENSITIVE);

    private NewName() {}

    static boolean isAllowed(String name) {
        return !name.isBlank()
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
                && StandardCharsets.UTF_8.newEncoder().canEncode(name)
                && !FORBIDDEN.matcher(name).find()
                && !DEVICE.matcher(name).matches();
    }
}
