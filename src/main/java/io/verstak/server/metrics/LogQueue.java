package io.verstak.server.metrics;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between those who log and an output that may not take anything: a full pipe, a terminal that is stopped. A line that
 * finds the queue full is dropped and counted, so that no request, no page and no stop ever waits for the log. Safe for any
 * thread; never blocks.
 */
public final class LogQueue extends AsyncAppender {
    private static final int LINES = 4096;
    private static final int FLUSH_MILLIS = 1000;

    private final AtomicLong dropped = new AtomicLong();

    public LogQueue() {
        setQueueSize(LINES);
        setDiscardingThreshold(0);
        setNeverBlock(true);
        setMaxFlushTime(FLUSH_MILLIS);
    }

    /** Room is looked for and taken under one lock: only the writer of the lines takes them out, so that none is lost uncounted. */
    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        synchronized (dropped) {
            if (getRemainingCapacity() > 0) {
                super.append(event);
            } else {
                dropped.incrementAndGet();
            }
        }
    }

    /** How many lines were dropped since the process began. */
    long dropped() {
        return dropped.get();
    }
}
