package io.verstak.server.storage;

import io.verstak.server.domain.SteadyClock;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress of an upgrade of the database: logged when it takes longer than a second, and a switch that stops it. One thread
 * upgrades; {@link #percent} and {@link #stop} are safe for any thread.
 */
public final class UpgradeProgress {
    private static final Logger LOG = LoggerFactory.getLogger(UpgradeProgress.class);
    private static final long FIRST_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long PAUSE_MILLIS = TimeUnit.SECONDS.toMillis(5);
    private static final int MOST = 99;

    private final Clock clock;
    private final IntConsumer listener;
    private final CountDownLatch ended = new CountDownLatch(1);
    private long nextAt;
    private long total = 1;
    private long done;
    private volatile int percent;
    private volatile boolean stopped;

    /** @param listener called with the percentage by the thread that upgrades, after a second and then every few seconds */
    public UpgradeProgress(Clock clock, IntConsumer listener) {
        this.clock = SteadyClock.of(clock);
        this.listener = listener;
    }

    /** Returns the progress of an upgrade that nobody watches or stops. */
    public static UpgradeProgress unwatched() {
        return new UpgradeProgress(Clock.systemUTC(), percent -> {});
    }

    /** Begins to count: so many steps in all, of which some were done before. */
    public void begin(long steps, long before) {
        nextAt = clock.millis() + FIRST_MILLIS;
        total = Math.max(1, steps);
        done = before;
    }

    /**
     * Counts steps. To be called where the upgrade may stop.
     *
     * @throws StorageException when it has to
     */
    public void advance(long steps) {
        done += steps;
        percent = (int) Math.min(MOST, 100.0 * done / total);
        if (stopped) {
            LOG.info("the upgrade of server.db stops at {} %; the next start continues it", percent);
            throw new StorageException(
                    "the upgrade of server.db was stopped at %s %%; the next start continues it".formatted(percent));
        }
        if (clock.millis() >= nextAt) {
            LOG.info("server.db is being upgraded: {} %", percent);
            listener.accept(percent);
            nextAt = clock.millis() + PAUSE_MILLIS;
        }
    }

    /** Returns how much is done, from 0 to 99. */
    public int percent() {
        return percent;
    }

    /** Ends the count: nothing is upgraded any more. */
    public void end() {
        ended.countDown();
    }

    /** Stops the upgrade at its next step. Blocks until it has ended. */
    public void stop() throws InterruptedException {
        stopped = true;
        ended.await();
    }
}
