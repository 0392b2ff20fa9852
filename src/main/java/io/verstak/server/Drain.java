package io.verstak.server;

import io.verstak.server.cluster.Nodes;
import io.verstak.server.http.server.HttpModule;
import io.verstak.server.http.server.HttpVerticle;
import io.verstak.server.metrics.Health;
import io.verstak.server.storage.Leases;
import io.verstak.server.sync.wait.HeadNotifier;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node of several stops. It says that it is not ready, gives its leases back, and serves on until the balancer has noticed. Then it
 * ends its waits one after the other and accepts no connections; what is under way gets {@code node.drainSeconds}. A server
 * that is alone, or has no time to drain, does none of this. Safe for any thread.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** Balancers ask for {@code /readyz} at least this often. */
    private static final int NOTICE_SECONDS = 5;

    private static final int SPREAD_SECONDS = 10;

    private final int seconds;
    private final Health health;
    private final HttpModule http;
    private final HeadNotifier watch;
    private final Leases leases;
    private final AtomicReference<@Nullable Nodes> nodes = new AtomicReference<>();
    private final CountDownLatch hurried = new CountDownLatch(1);

    private Drain(int seconds, Health health, HttpModule http, HeadNotifier watch, Leases leases) {
        this.seconds = seconds;
        this.health = health;
        this.http = http;
        this.watch = watch;
        this.leases = leases;
    }

    /** @param seconds that requests get; 0: there can be no other nodes */
    static Drain of(int seconds, Health health, HttpModule http, HeadNotifier watch, Leases leases) {
        return new Drain(seconds, health, http, watch, leases);
    }

    /** @param others learn that this node is about to stop */
    void tells(Nodes others) {
        nodes.set(others);
    }

    /** Returns the time that a stop leaves to other nodes and to requests, in seconds; 0 if there are no other nodes. */
    int seconds() {
        return seconds == 0 ? 0 : noticeSeconds() + seconds;
    }

    /** Returns the time that requests get once no connection is accepted. */
    int requestSeconds() {
        return hurried.getCount() == 0 ? HttpVerticle.DRAIN_SECONDS : Math.max(seconds, HttpVerticle.DRAIN_SECONDS);
    }

    private int noticeSeconds() {
        return Math.min(NOTICE_SECONDS, seconds);
    }

    /** Tells everybody, and serves on. Blocks until the balancer has had time to notice, or {@link #hurry}. */
    void begin() throws InterruptedException {
        if (seconds == 0) {
            return;
        }
        LOG.info("this node stops: the others take over");
        health.drain();
        http.guard().drain();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(noticeSeconds());
        Future<?> told = Future.join(
                leases.giveBack(),
                Optional.ofNullable(nodes.get()).map(Nodes::drain).orElse(Future.succeededFuture()));
        try {
            told.toCompletionStage().toCompletableFuture().get(noticeSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            LOG.warn("the other nodes take over within 15 s: the database does not answer");
        }
        if (hurried.await(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            LOG.info("told to stop again: this node does not wait for the others");
        }
    }

    /** Ends the waits: one after the other if other nodes serve their devices, at once if not. Each listener calls this. */
    void endWaits() {
        http.live().close();
        if (seconds == 0 || hurried.getCount() == 0) {
            watch.close();
        } else {
            // The last ones are answered before connections are closed.
            watch.drain(TimeUnit.SECONDS.toMillis(Math.min(SPREAD_SECONDS, seconds)) * 4 / 5);
        }
    }

    /** Ends all waits now, and the time for the balancer. */
    void hurry() {
        hurried.countDown();
        http.live().close();
        if (seconds > 0) {
            watch.close();
        }
    }
}
