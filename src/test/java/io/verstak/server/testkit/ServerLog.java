package io.verstak.server.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Listens to what a server in this process logs, and fails the test during which an event loop was blocked, or something
 * was logged as an error that the test did not expect: an exception that nobody handled ends there.
 *
 * <p>To be registered as a static field with {@code @RegisterExtension}.
 */
public final class ServerLog implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final String BLOCKED = "BlockedThreadChecker";
    private static final Pattern TIMES = Pattern.compile("blocked for (\\d+) ms, time limit is (\\d+) ms");

    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final List<String> expected = new CopyOnWriteArrayList<>();

    /** By the test before this one: what it has set off may be logged behind its end. */
    private final List<String> expectedBefore = new CopyOnWriteArrayList<>();

    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            if (!isOnlyStarved(event)) {
                events.add(event);
            }
        }
    };

    /** Lets this test go on when an error is logged that contains these words. */
    public void expectError(String words) {
        expected.add(words);
    }

    /** What was logged since the test before this one ended. */
    public List<String> lines() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        appender.start();
        root().addAppender(appender);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        root().detachAppender(appender);
        check();
    }

    private void check() {
        List<String> faults =
                events.stream().filter(this::isFault).map(ServerLog::describe).toList();
        events.clear();
        expectedBefore.clear();
        expectedBefore.addAll(expected);
        expected.clear();
        if (!faults.isEmpty()) {
            throw new AssertionError("the server logged: " + String.join("\n", faults));
        }
    }

    /** A thread that shares its processor with others is not blocked: it gets the time that it would have had alone. */
    private static boolean isOnlyStarved(ILoggingEvent event) {
        Matcher times = TIMES.matcher(event.getFormattedMessage());
        if (!event.getLoggerName().endsWith(BLOCKED) || !times.find()) {
            return false;
        }
        double shared = Math.max(1, load() / Runtime.getRuntime().availableProcessors());
        return Long.parseLong(times.group(1)) < Long.parseLong(times.group(2)) * shared;
    }

    /** Threads that want a processor, as proc(5) tells: in the last minute, or now if these are more. */
    private static double load() {
        try {
            String[] figures = Files.readString(Path.of("/proc/loadavg")).split("[ /]", -1);
            return Math.max(Double.parseDouble(figures[0]), Double.parseDouble(figures[3]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isFault(ILoggingEvent event) {
        if (event.getLoggerName().endsWith(BLOCKED)) {
            return true;
        }
        return event.getLevel().isGreaterOrEqual(Level.ERROR)
                && Stream.concat(expected.stream(), expectedBefore.stream())
                        .noneMatch(event.getFormattedMessage()::contains);
    }

    private static String describe(ILoggingEvent event) {
        String cause = event.getThrowableProxy() == null
                ? ""
                : ": " + event.getThrowableProxy().getClassName() + ": "
                        + event.getThrowableProxy().getMessage();
        return event.getLoggerName() + ": " + event.getFormattedMessage() + cause;
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
