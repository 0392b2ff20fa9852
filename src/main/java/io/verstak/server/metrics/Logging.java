package io.verstak.server.metrics;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.AppenderAttachable;
import io.verstak.server.config.LogConfig;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/** Brings the configuration to Logback, whose own file holds what no administrator needs to change. */
public final class Logging {
    /** One line per request, with a queue of its own: see {@code logback.xml}. */
    private static final String REQUESTS = "request";

    private static final List<String> WARN_IN_COMMANDS =
            List.of("io.verstak.server.backup", "io.verstak.server.storage.PrivateFiles");

    private Logging() {}

    /** Lets lines go to standard output, sets their format, which stays, and what {@link #adjust} sets. For the start of a process that serves. */
    public static void start(LogConfig config) {
        consoles(logger(Logger.ROOT_LOGGER_NAME)).forEach(Logging::printOnOutput);
        String format = config.format();
        if (format.equals("json")) {
            encode(encoder -> new JsonLines());
        } else if (format.equals("auto") && JournalLines.isOutput()) {
            encode(encoder ->
                    encoder instanceof PatternLayoutEncoder text ? new JournalLines(text.getPattern()) : encoder);
        }
        adjust(config);
    }

    /** Lets the journal show what goes to standard error as errors: what keeps a server from starting. */
    public static void markErrors() {
        JournalLines.markErrors();
    }

    /**
     * Silences the log: a command reports its own result, and standard output is its result. What it warns of, of backups and
     * of permissions, goes to standard error.
     */
    public static void silence() {
        logger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        for (String warns : WARN_IN_COMMANDS) {
            logger(warns).setLevel(Level.WARN);
        }
    }

    /** Sets the level, and whether requests are logged: probes too, if all else is. */
    public static void adjust(LogConfig config) {
        Level level = Level.toLevel(config.level());
        for (String warns : WARN_IN_COMMANDS) {
            logger(warns).setLevel(null);
        }
        logger(Logger.ROOT_LOGGER_NAME).setLevel(level);
        Level requests = level == Level.DEBUG ? Level.DEBUG : Level.INFO;
        logger(REQUESTS).setLevel(config.requests() ? requests : Level.OFF);
    }

    /** Lines that were dropped, since nobody read the output quickly enough. */
    static long dropped() {
        return queues().stream().mapToLong(LogQueue::dropped).sum();
    }

    /** Returns the latest warnings and errors of this process, latest first. */
    public static List<RecentWarnings.Line> recentWarnings() {
        List<RecentWarnings.Line> latest = new ArrayList<>();
        logger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().forEachRemaining(appender -> {
            if (appender instanceof RecentWarnings recent) {
                latest.addAll(recent.latest());
            }
        });
        return latest;
    }

    /** Writes what waits in the queues, for a second at most, and ends them: nothing is logged after it. For the end of the process. */
    public static void stop() {
        queues().forEach(LogQueue::stop);
    }

    private static List<ConsoleAppender<ILoggingEvent>> consoles(AppenderAttachable<ILoggingEvent> from) {
        List<ConsoleAppender<ILoggingEvent>> consoles = new ArrayList<>();
        from.iteratorForAppenders().forEachRemaining(appender -> {
            if (appender instanceof ConsoleAppender<ILoggingEvent> console) {
                consoles.add(console);
            } else if (appender instanceof LogQueue queue) {
                consoles.addAll(consoles(queue));
            }
        });
        return consoles;
    }

    private static void printOnOutput(ConsoleAppender<ILoggingEvent> console) {
        console.stop();
        console.setTarget(ConsoleTarget.SystemOut.getName());
        console.start();
    }

    private static List<LogQueue> queues() {
        List<LogQueue> queues = new ArrayList<>();
        for (String name : List.of(Logger.ROOT_LOGGER_NAME, REQUESTS)) {
            logger(name).iteratorForAppenders().forEachRemaining(appender -> {
                if (appender instanceof LogQueue queue) {
                    queues.add(queue);
                }
            });
        }
        return queues;
    }

    private static void encode(UnaryOperator<Encoder<ILoggingEvent>> change) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            encode(context, context.getLogger(Logger.ROOT_LOGGER_NAME), change);
            encode(context, context.getLogger(REQUESTS), change);
        }
    }

    private static void encode(
            LoggerContext context,
            AppenderAttachable<ILoggingEvent> from,
            UnaryOperator<Encoder<ILoggingEvent>> change) {
        for (Iterator<Appender<ILoggingEvent>> all = from.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
                Encoder<ILoggingEvent> lines = change.apply(stream.getEncoder());
                lines.setContext(context);
                lines.start();
                stream.setEncoder(lines);
            }
            if (appender instanceof AppenderAttachable<?> behind) {
                @SuppressWarnings("unchecked") // what stands behind an appender takes the same events
                AppenderAttachable<ILoggingEvent> same = (AppenderAttachable<ILoggingEvent>) behind;
                encode(context, same, change);
            }
        }
    }

    private static Logger logger(String name) {
        if (LoggerFactory.getLogger(name) instanceof Logger logger) {
            return logger;
        }
        throw new IllegalStateException("Logback is the one logging library on the class path");
    }
}
