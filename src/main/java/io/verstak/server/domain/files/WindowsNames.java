package io.verstak.server.domain.files;

import java.util.regex.Pattern;

/**
 * The names that Windows takes (<a href="https://learn.microsoft.com/windows/win32/fileio/naming-a-file">Naming Files, Paths, and
 * Namespaces</a>).
 */
public final class WindowsNames {
    private static final Pattern FORBIDDEN = Pattern.compile("[<>:\"/\\\\|?*\\x00-\\x1f]|[. ]$");
    private static final Pattern DEVICE =
            Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?", Pattern.CASE_INSENSITIVE);

    private WindowsNames() {}

    /** Returns whether a file or folder can have this name. */
    public static boolean take(String name) {
        return !FORBIDDEN.matcher(name).find() && !DEVICE.matcher(name).matches();
    }
}
