package io.verstak.server.files;

import io.verstak.server.error.Outage;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.HeadStore.Log;
import io.verstak.server.storage.files.FileIndexStore;
import io.verstak.server.sync.HeadListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when which index is brought up to its log. A vault that a person looks at goes at once; the others follow one by one, and give way
 * to pushes. Belongs to one context, but for {@link #moved}.
 */
final class FileFollower implements HeadListener {
    private static final Logger LOG = LoggerFactory.getLogger(FileFollower.class);

    /** So that the ops of a sync become one batch. */
    private static final long TICK_MILLIS = 2_000;

    private static final long SWEEP_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long RETRY_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final int SWEEP_ROWS = 200;

    /** In place of a scope: no other follows. */
    private static final long ALL = Long.MAX_VALUE;

    /** While pushes come in, a batch is followed by this many times its own time of rest. */
    private static final int REST_BESIDE_PUSHES = 200;

    private static final long LONGEST_REST_MILLIS = 30_000;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Outage outage = new Outage(LOG, "the files of vaults cannot be indexed");
    private final Vertx vertx;
    private final FileIndexer indexer;
    private final HeadStore heads;
    private final FileIndexStore store;

    /** The vaults that have moved. Grows with the vaults that are pushed to, not with pushes. */
    private final Set<Long> behind = ConcurrentHashMap.newKeySet();

    private volatile long lastPush = System.nanoTime() - QUIET_NANOS;
    private final Set<Long> urgent = new HashSet<>();
    private final Map<Long, Promise<Void>> resting = new HashMap<>();
    private Future<Void> working = Future.succeededFuture();
    private boolean stopping;

    FileFollower(Vertx vertx, FileIndexer indexer, HeadStore heads, FileIndexStore store) {
        this.vertx = vertx;
        this.indexer = indexer;
        this.heads = heads;
        this.store = store;
    }

    void start() {
        vertx.setPeriodic(TICK_MILLIS, tick -> work(this::next));
        vertx.setPeriodic(
                TICK_MILLIS, SWEEP_MILLIS, tick -> work(() -> removeGone().compose(removed -> sweep())));
    }

    /** Completes when no batch is under way. */
    Future<Void> stop() {
        stopping = true;
        List.copyOf(resting.values()).forEach(rest -> rest.tryFail(new CancellationException("the server stops")));
        return indexer.ended();
    }

    /** Called by the threads that commit pushes. */
    @Override
    public void moved(long scopeId, long head) {
        behind.add(scopeId);
        lastPush = System.nanoTime();
    }

    /** Brings the index of a vault to the head of its log at once, since a person looks at it. */
    Future<Void> atOnce(long scopeId) {
        urgent.add(scopeId);
        Promise<Void> rest = resting.get(scopeId);
        if (rest != null) {
            rest.tryComplete();
        }
        return run(scopeId).onComplete(done -> urgent.remove(scopeId));
    }

    private Future<Void> run(long scopeId) {
        return indexer.catchUp(scopeId, nanos -> rest(scopeId, nanos));
    }

    private Future<Void> rest(long scopeId, long nanos) {
        if (stopping) {
            return Future.failedFuture(new CancellationException("the server stops"));
        }
        boolean pushing = System.nanoTime() - lastPush < QUIET_NANOS;
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos * (pushing ? REST_BESIDE_PUSHES : 1));
        if (millis == 0 || urgent.contains(scopeId)) {
            return Future.succeededFuture();
        }
        Promise<Void> over = Promise.promise();
        resting.put(scopeId, over);
        long timer = vertx.setTimer(Math.min(millis, LONGEST_REST_MILLIS), late -> over.tryComplete());
        return over.future().onComplete(rested -> {
            vertx.cancelTimer(timer);
            resting.remove(scopeId, over);
        });
    }

    /** One thing at a time, behind everything else. */
    private void work(Supplier<Future<Void>> task) {
        if (!stopping && working.isComplete()) {
            working = outage.watch(
                    task.get().recover(failure -> stopping ? Future.succeededFuture() : Future.failedFuture(failure)));
        }
    }

    /** What fails is tried again later: other vaults must not wait for one whose log cannot be read. */
    private Future<Void> next() {
        Iterator<Long> some = behind.iterator();
        if (!some.hasNext()) {
            return Future.succeededFuture();
        }
        long scopeId = some.next();
        behind.remove(scopeId);
        return run(scopeId)
                .onFailure(failed -> vertx.setTimer(RETRY_MILLIS, later -> behind.add(scopeId)))
                .onSuccess(done -> vertx.runOnContext(now -> work(this::next)));
    }

    /** Looks for logs that have moved unnoticed: before the start, or at another node. */
    private Future<Void> sweep() {
        return pages(after -> heads.logsAfter(after, SWEEP_ROWS)
                .compose(logs -> logs.isEmpty()
                        ? Future.succeededFuture(ALL)
                        : sweep(logs).map(logs.get(logs.size() - 1).scopeId())));
    }

    private Future<Void> sweep(List<Log> logs) {
        return store.sequences(logs.stream().map(Log::scopeId).toList())
                .compose(indexed -> Sequentially.forEach(
                        logs,
                        log -> stopping || log.head() == indexed.getOrDefault(log.scopeId(), 0L)
                                ? Future.succeededFuture()
                                : outage.watch(run(log.scopeId())).otherwiseEmpty()));
    }

    /** Deletes the indexes of vaults that are gone. */
    private Future<Void> removeGone() {
        return pages(after -> store.scopesAfter(after, SWEEP_ROWS)
                .compose(scopes -> scopes.isEmpty()
                        ? Future.succeededFuture(ALL)
                        : Sequentially.forEach(scopes, this::removeIfGone).map(scopes.get(scopes.size() - 1))));
    }

    private Future<Void> removeIfGone(long scopeId) {
        return heads.log(scopeId)
                .compose(log -> log.isPresent()
                        ? Future.succeededFuture()
                        : store.cursor(scopeId)
                                .compose(cursor -> cursor.map(store::delete).orElseGet(Future::succeededFuture)));
    }

    /** @param page works on the scopes after one; returns the last of them, or {@link #ALL} */
    private Future<Void> pages(Function<Long, Future<Long>> page) {
        return Sequentially.until(0L, after -> stopping || after == ALL, page).mapEmpty();
    }
}
