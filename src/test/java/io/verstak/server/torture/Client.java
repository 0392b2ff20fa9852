package io.verstak.server.torture;

import io.verstak.server.history.Outcome;
import io.verstak.server.testkit.Answer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Somebody who makes one call after another, on a thread of its own, until told to stop. */
public abstract class Client {
    private static final long PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private Thread thread = new Thread(getClass().getSimpleName());
    private volatile boolean stopping;
    private volatile long pauseNanos;

    /** Makes one call, or finds that there is no server. */
    protected abstract void step();

    /** Lets go of what it holds. */
    protected abstract void end();

    void start() {
        thread = new Thread(this::run, thread.getName());
        thread.start();
    }

    /** Lets it pause so long after each call from now on. */
    public Client pace(Duration pause) {
        pauseNanos = pause.toNanos();
        return this;
    }

    void stopSoon() {
        stopping = true;
    }

    /** Fails when it has ended by a mistake. */
    void requireWell() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError("a client did not end well", failed);
        }
    }

    /** Who it is, what it has done, and what it was told last, for who wonders why nothing goes on. */
    String state() {
        return thread.getName() + " " + done + " " + thread.getState() + " " + device().last();
    }

    /** The device it speaks for. */
    protected abstract Device device();

    /** Waits for the last call to end. */
    void awaitEnd() throws InterruptedException {
        thread.join(PATIENCE_MILLIS);
        Throwable failed = failure.get();
        if (thread.isAlive() || failed != null) {
            throw new AssertionError("a client did not end well", failed);
        }
    }

    /** Counts what the server has acknowledged. */
    protected void done(long count) {
        done.addAndGet(count);
    }

    public long acknowledged() {
        return done.get();
    }

    private void run() {
        try {
            while (!stopping) {
                step();
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos);
                }
            }
        } catch (RuntimeException | Error failed) {
            failure.set(failed);
        } finally {
            end();
        }
    }

    /** What the caller knows after this answer: an error of the server may have come before or after the effect. */
    public static Outcome outcome(@Nullable Answer answer) {
        if (answer == null || answer.status() >= 500) {
            return Outcome.UNKNOWN;
        }
        return answer.status() == 200 ? Outcome.OK : Outcome.FAIL;
    }
}
