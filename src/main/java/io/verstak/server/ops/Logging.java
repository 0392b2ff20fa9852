package io.verstak.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.AppenderAttachable;
import io.verstak.server.config.LogConfig;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Brings the configuration to Logback, whose own file holds what no administrator needs to change. */
public final class Logging {
    /** One line per request, with a queue of its own: see {@code logback.xml}. */
    private static final String REQUESTS = "request";

    private Logging() {}

    /** Sets the format, which stays, and what {@link #adjust} sets. For the start of a process that serves. */
    public static void start(LogConfig config) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && config.format().equals("json")) {
            speakJson(context, context.getLogger(Logger.ROOT_LOGGER_NAME));
            speakJson(context, context.getLogger(REQUESTS));
        }
        adjust(config);
    }

    /** Sets the level, and whether requests are logged. */
    public static void adjust(LogConfig config) {
        logger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(config.level()));
        logger(REQUESTS).setLevel(config.requests() ? Level.INFO : Level.OFF);
    }

    /** Lines that were dropped, since nobody read the output quickly enough. */
    public static long dropped() {
        return queues().stream().mapToLong(LogQueue::dropped).sum();
    }

    /** Writes what waits in the queues, for a second at most, and ends them: nothing is logged after it. For the end of the process. */
    public static void stop() {
        queues().forEach(LogQueue::stop);
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

    private static void speakJson(LoggerContext context, AppenderAttachable<ILoggingEvent> from) {
        for (Iterator<Appender<ILoggingEvent>> all = from.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
                JsonLines lines = new JsonLines();
                lines.setContext(context);
                lines.start();
                stream.setEncoder(lines);
            }
            if (appender instanceof AppenderAttachable<?> behind) {
                @SuppressWarnings("unchecked") // what stands behind an appender takes the same events
                AppenderAttachable<ILoggingEvent> same = (AppenderAttachable<ILoggingEvent>) behind;
                speakJson(context, same);
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
