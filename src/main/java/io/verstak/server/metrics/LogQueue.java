package io.verstak.server.metrics;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between those who log and an output that may not take anything: a full pipe, a terminal that is stopped. A line that
 * finds the queue full is dropped and counted, so that no request, no page and no stop ever waits for the log. Safe for any
 * thread; never blocks.
 *
 * <p>A thread writes the lines. For requests it gathers them for some milliseconds after each write: under load, waking it and
 * writing for each line would cost more than a tenth of a small request. All other lines go out at once.
 */
public final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent>
        implements AppenderAttachable<ILoggingEvent> {
    private static final int LINES = 4096;
    private static final int FLUSH_MILLIS = 1000;

    private final AppenderAttachableImpl<ILoggingEvent> outputs = new AppenderAttachableImpl<>();
    private final Thread writer = new Thread(this::write, "log-lines");
    private final AtomicLong dropped = new AtomicLong();
    private final Object lock = new Object();
    private List<ILoggingEvent> waiting = new ArrayList<>();
    private long gatherNanos;
    private boolean idle;
    private boolean ended;

    /** The standard output or error. What is logged goes out when the queue flushes it. */
    public static final class Output extends ConsoleAppender<ILoggingEvent> {
        private static final int BUFFER_BYTES = 32 << 10;

        public Output() {
            setImmediateFlush(false);
        }

        @Override
        public void setOutputStream(OutputStream stream) {
            super.setOutputStream(new BufferedOutputStream(stream, BUFFER_BYTES));
        }

        private void flush() {
            streamWriteLock.lock();
            try {
                if (getOutputStream() != null) {
                    getOutputStream().flush();
                }
            } catch (IOException failure) {
                addError("the log's output takes nothing", failure);
            } finally {
                streamWriteLock.unlock();
            }
        }
    }

    /** Sets how long lines are gathered after each write. Called before the start, by the configuration of the log. */
    public void setGatherMillis(int millis) {
        gatherNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public void start() {
        super.start();
        writer.setDaemon(true);
        writer.start();
    }

    /** Writes what waits, for a second at most. */
    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        synchronized (lock) {
            ended = true;
            lock.notifyAll();
        }
        LockSupport.unpark(writer);
        try {
            writer.join(FLUSH_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        synchronized (lock) {
            if (waiting.size() >= LINES) {
                dropped.incrementAndGet();
                return;
            }
            waiting.add(event);
            if (idle) {
                lock.notifyAll();
            }
        }
    }

    private void write() {
        try {
            for (List<ILoggingEvent> lines = take(); !lines.isEmpty(); lines = take()) {
                lines.forEach(outputs::appendLoopOnAppenders);
                outputs.iteratorForAppenders().forEachRemaining(LogQueue::flush);
                if (gatherNanos > 0 && !isEnded()) {
                    LockSupport.parkNanos(gatherNanos);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        outputs.detachAndStopAllAppenders();
    }

    /** Waits for lines and takes them all. None mean the end. */
    private List<ILoggingEvent> take() throws InterruptedException {
        synchronized (lock) {
            idle = true;
            while (waiting.isEmpty() && !ended) {
                lock.wait();
            }
            idle = false;
            List<ILoggingEvent> taken = waiting;
            waiting = new ArrayList<>();
            return taken;
        }
    }

    private boolean isEnded() {
        synchronized (lock) {
            return ended;
        }
    }

    private static void flush(Appender<ILoggingEvent> output) {
        if (output instanceof Output console) {
            console.flush();
        }
    }

    /** How many lines were dropped since the process began. */
    long dropped() {
        return dropped.get();
    }

    @Override
    public void addAppender(Appender<ILoggingEvent> output) {
        outputs.addAppender(output);
    }

    @Override
    public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
        return outputs.iteratorForAppenders();
    }

    @Override
    public Appender<ILoggingEvent> getAppender(String name) {
        return outputs.getAppender(name);
    }

    @Override
    public boolean isAttached(Appender<ILoggingEvent> output) {
        return outputs.isAttached(output);
    }

    @Override
    public void detachAndStopAllAppenders() {
        outputs.detachAndStopAllAppenders();
    }

    @Override
    public boolean detachAppender(Appender<ILoggingEvent> output) {
        return outputs.detachAppender(output);
    }

    @Override
    public boolean detachAppender(String name) {
        return outputs.detachAppender(name);
    }
}
