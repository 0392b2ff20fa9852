package io.verstak.server.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.Notifications;
import io.verstak.server.sync.HeadListener;
import io.verstak.server.sync.HeadSource;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commits of all nodes. Those of this node are reported at once, and published: all of {@value #PUBLISH_MILLIS} ms in one text. Those
 * of others come as such texts, normally within 50 ms. Texts may be lost, so the heads that somebody waits for are also read every
 * {@value #POLL_MILLIS} ms, and each time that texts may have been missed. Safe for any thread.
 */
public final class ClusterHeads extends VerticleBase implements HeadSource {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterHeads.class);
    private static final long PUBLISH_MILLIS = 25;
    private static final long POLL_MILLIS = 10_000;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** More than are committed in the time that it takes to connect again; what does not fit is found by reading. */
    private static final int MOST_UNPUBLISHED = 100_000;

    private static final int HEADS_KEPT = 100_000;

    private final Outage outage = new Outage(LOG, "the heads of other nodes cannot be read");
    private final HeadSource own;
    private final Notifications notifications;
    private final HeadStore heads;
    private final Supplier<? extends Collection<Long>> watched;
    private final String self = UUID.randomUUID().toString();
    private final List<HeadListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Long, Long> unpublished = new ConcurrentHashMap<>();

    /** The last head that was reported of a scope: a text may come after a later one, and reports are in order. */
    private final Cache<Long, Long> reported =
            Caffeine.newBuilder().maximumSize(HEADS_KEPT).build();

    private volatile boolean closed;

    /** After a failure, until when nothing is published. */
    private volatile long quietUntil = System.nanoTime();

    private boolean polling;
    private long publishTimer;
    private long pollTimer;

    /**
     * @param own reports the commits of this node
     * @param watched the scopes that somebody waits for
     */
    public ClusterHeads(
            HeadSource own,
            Notifications notifications,
            HeadStore heads,
            Supplier<? extends Collection<Long>> watched) {
        this.own = own;
        this.notifications = notifications;
        this.heads = heads;
        this.watched = watched;
    }

    @Override
    public Future<?> start() {
        own.listen(this::committed);
        notifications.listen(this::heard, this::poll);
        publishTimer = vertx.setPeriodic(PUBLISH_MILLIS, tick -> publish());
        pollTimer = vertx.setPeriodic(POLL_MILLIS, tick -> poll());
        return Future.succeededFuture();
    }

    @Override
    public void listen(HeadListener listener) {
        listeners.add(listener);
    }

    private void committed(long scopeId, long head) {
        report(scopeId, head);
        note(scopeId, head);
    }

    private void note(long scopeId, long head) {
        if (unpublished.size() < MOST_UNPUBLISHED) {
            unpublished.merge(scopeId, head, Math::max);
        }
    }

    private void report(long scopeId, long head) {
        synchronized (reported) {
            Long last = reported.getIfPresent(scopeId);
            if (last != null && head <= last) {
                return;
            }
            reported.put(scopeId, head);
            listeners.forEach(listener -> listener.moved(scopeId, head));
        }
    }

    private void publish() {
        if (unpublished.isEmpty() || System.nanoTime() - quietUntil < 0) {
            return;
        }
        HeadTexts texts = new HeadTexts(self);
        for (Long scopeId : List.copyOf(unpublished.keySet())) {
            Long head = unpublished.remove(scopeId);
            if (head != null) {
                texts.add(scopeId, head);
            }
        }
        // What could not be sent goes with the next text.
        texts.all()
                .forEach(text -> notifications.publish(text).onFailure(failure -> {
                    if (!closed) {
                        quietUntil = System.nanoTime() + QUIET_NANOS;
                        HeadTexts.read(text, "", this::note);
                    }
                }));
    }

    private void heard(String text) {
        HeadTexts.read(text, self, this::report);
    }

    private void poll() {
        synchronized (this) {
            if (polling || closed) {
                return;
            }
            polling = true;
        }
        outage.watch(heads.read(watched.get(), this::report)).onComplete(done -> {
            synchronized (this) {
                polling = false;
            }
        });
    }

    /** Sends the last heads, and hears no more. */
    @Override
    public Future<?> stop() {
        closed = true;
        vertx.cancelTimer(publishTimer);
        vertx.cancelTimer(pollTimer);
        publish();
        return notifications.close();
    }
}
