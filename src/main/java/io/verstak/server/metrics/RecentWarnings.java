package io.verstak.server.metrics;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Keeps the latest warnings and errors of this process in memory, for the administrators' pages: lines without stack
 * traces, control characters and tokens. A line that is logged again is counted. Safe for any thread.
 */
public final class RecentWarnings extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int LINES = 100;
    private static final int CHARACTERS = 600;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]+");
    private static final Pattern TOKEN = Pattern.compile(
            "((?:token|invite|code|key|secret|password|pass)\"?\\s*[=:]\\s*\"?|bearer\\s+)[^\\s&,;\"']+",
            Pattern.CASE_INSENSITIVE);

    private final Map<Key, Line> lines = new LinkedHashMap<>();

    private record Key(boolean error, String logger, String message) {}

    /**
     * A line of the log.
     *
     * @param error whether it is an error; otherwise a warning
     * @param logger the simple name of the class that logged it
     * @param times how often it was logged since it is kept
     * @param at when it was logged last, in milliseconds
     */
    public record Line(boolean error, String logger, String message, long times, long at) {}

    @Override
    protected void append(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.WARN)) {
            return;
        }
        String name = event.getLoggerName();
        Key key = new Key(
                event.getLevel().isGreaterOrEqual(Level.ERROR),
                name.substring(name.lastIndexOf('.') + 1),
                clean(event.getFormattedMessage()));
        synchronized (lines) {
            Line before = lines.remove(key);
            long times = before == null ? 1 : before.times() + 1;
            lines.put(key, new Line(key.error(), key.logger(), key.message(), times, event.getTimeStamp()));
            if (lines.size() > LINES) {
                lines.remove(lines.keySet().iterator().next());
            }
        }
    }

    /** Returns the lines, latest first. */
    public List<Line> latest() {
        synchronized (lines) {
            List<Line> all = new ArrayList<>(lines.values());
            Collections.reverse(all);
            return List.copyOf(all);
        }
    }

    private static String clean(String message) {
        String line = TOKEN.matcher(CONTROL.matcher(message).replaceAll(" ")).replaceAll("$1…");
        return line.length() > CHARACTERS ? line.substring(0, CHARACTERS) + "…" : line;
    }
}
