package io.verstak.server.config;

import io.verstak.server.error.FailureReason;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths as people write them, in the configuration and on the command line. */
public final class ConfigPath {
    /** Stands for bytes that are no text in the character set of the process's locale. */
    public static final char UNDECODED = '\ufffd';

    private ConfigPath() {}

    /** @throws ConfigException naming {@code key}, unless the text is the path of a file on this system */
    public static Path of(String key, String text) {
        if (text.isBlank()) {
            throw ConfigException.notAllowed(key, "", "a path");
        }
        // No shell stands in between: a folder named ~ is never what was meant.
        if (text.equals("~") || text.startsWith("~/")) {
            throw ConfigException.notAllowed(key, text, "the full path: ~ is not expanded here");
        }
        if (text.indexOf(UNDECODED) >= 0) {
            throw ConfigException.notAllowed(
                    key, text, "a path that the locale can express; start with LC_ALL=C.UTF-8");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(
                    "%s: %s is not a usable path: %s".formatted(key, ConfigException.shown(text), FailureReason.of(e)));
        }
    }
}
