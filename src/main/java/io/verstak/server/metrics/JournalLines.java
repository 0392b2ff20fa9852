package io.verstak.server.metrics;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Writes lines as systemd's journal reads them (sd-daemon(3)): each begins with its syslog priority, those of a stack trace too,
 * and has no time, which the journal adds.
 */
final class JournalLines extends PatternLayoutEncoder {
    /** What a text line says and the journal knows. */
    private static final String TIME_AND_LEVEL = "^%d\\{[^}]*} %-5level ";

    private static final String ERROR = "<3>";

    /** @param text the pattern of the same lines as text */
    JournalLines(String text) {
        setPattern(text.replaceFirst(TIME_AND_LEVEL, ""));
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String priority = "<" + priority(event.getLevel()) + ">";
        return getLayout()
                .doLayout(event)
                .lines()
                .collect(Collectors.joining("\n" + priority, priority, "\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }

    /** Returns whether the journal reads the standard output. */
    static boolean isOutput() {
        return isRead("1");
    }

    /** Gives each line of the standard error, if the journal reads it, the priority of an error. */
    static void markErrors() {
        if (isRead("2")) {
            System.setErr(new PrintStream(new MarkedLines(new FileOutputStream(FileDescriptor.err)), true));
        }
    }

    /** systemd names device and inode of what it has connected; a shell may have redirected the descriptor since. */
    private static boolean isRead(String descriptor) {
        String stream = System.getenv("JOURNAL_STREAM");
        if (stream == null) {
            return false;
        }
        Path output = Path.of("/proc/self/fd", descriptor);
        try {
            return stream.equals(Files.getAttribute(output, "unix:dev") + ":" + Files.getAttribute(output, "unix:ino"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return false;
        }
    }

    private static final class MarkedLines extends FilterOutputStream {
        private boolean atStart = true;

        MarkedLines(OutputStream out) {
            super(new BufferedOutputStream(out));
        }

        @Override
        public void write(int letter) throws IOException {
            if (atStart) {
                out.write(ERROR.getBytes(StandardCharsets.US_ASCII));
            }
            out.write(letter);
            atStart = letter == '\n';
        }
    }
}
