package io.verstak.server.ops;

import ch.qos.logback.classic.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much the server says of itself. */
public final class LogLevel {
    private LogLevel() {}

    /** @param level as in the configuration: {@code error} to {@code debug} */
    public static void set(String level) {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(Level.toLevel(level));
        }
    }
}
