package io.verstak.server.files;

import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Scope;
import io.verstak.server.files.format.OpReader;
import io.verstak.server.files.format.VaultOp;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.HeadStore.Log;
import io.verstak.server.storage.files.FileIndexStore;
import io.verstak.server.storage.files.IndexChanges.Time;
import io.verstak.server.storage.files.IndexCursor;
import io.verstak.server.sync.OpLines;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Brings the indexes of vaults up to their logs, batch by batch. A batch, its rows and the cursor change in one transaction: a kill
 * loses nothing, and if two processes index the same vault, one of them stops. Belongs to one context.
 */
final class FileIndexer {
    /** Of the rows. Those of another format are deleted and made again. */
    static final int FORMAT = 1;

    /** Of names in memory, some 20 MB. */
    private static final int MOST_KNOWN = 100_000;

    private static final long MARK_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final OpLines log;
    private final HeadStore heads;
    private final FileIndexStore store;
    private final Clock clock;
    private final Map<Long, Future<Void>> running = new HashMap<>();

    /** What the last batch has taken, of whichever vault. */
    private long lastBatchNanos;

    FileIndexer(OpLines log, HeadStore heads, FileIndexStore store, Clock clock) {
        this.log = log;
        this.heads = heads;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Brings the index of a vault to the head that its log has now. One that is under way is not begun twice.
     *
     * @param between waited for before each batch, with the time that the last one has taken, of whichever vault, in nanoseconds
     */
    Future<Void> catchUp(long scopeId, Function<Long, Future<Void>> between) {
        Future<Void> before = running.get(scopeId);
        if (before != null) {
            return before;
        }
        // The cursor before the head: it is never above the head that is read later.
        Future<Void> run = store.cursor(scopeId)
                .compose(cursor -> heads.log(scopeId)
                        .compose(found -> found.map(known -> follow(known, cursor, between))
                                .orElseGet(Future::succeededFuture)));
        if (!run.isComplete()) {
            running.put(scopeId, run);
            run.onComplete(ended -> running.remove(scopeId, run));
        }
        return run;
    }

    /** Completes when nothing is under way; never fails. */
    Future<Void> ended() {
        return Future.join(List.copyOf(running.values()))
                .mapEmpty()
                .otherwiseEmpty()
                .mapEmpty();
    }

    private Future<Void> follow(Log known, Optional<IndexCursor> found, Function<Long, Future<Void>> between) {
        return begun(known, found).compose(cursor -> {
            // Another process may be deleting it, or be ahead.
            if (!isCurrent(cursor, known) || cursor.sequence() >= known.head()) {
                return Future.succeededFuture();
            }
            Scope scope = new Scope(known.scopeId(), known.userId(), known.vaultId());
            return new Run(scope, known.head(), between).from(cursor);
        });
    }

    /** Returns the cursor of the index. An index of another log or of another format is deleted and begun again. */
    private Future<IndexCursor> begun(Log known, Optional<IndexCursor> found) {
        if (found.isPresent() && isCurrent(found.get(), known)) {
            return Future.succeededFuture(found.get());
        }
        return found.map(store::delete)
                .orElseGet(Future::succeededFuture)
                .compose(deleted -> store.begin(IndexCursor.first(known.scopeId(), FORMAT, known.id())))
                .compose(begun -> store.cursor(known.scopeId()))
                .map(cursor -> cursor.orElseGet(() -> IndexCursor.first(known.scopeId(), 0, known.id())));
    }

    /** One that is ahead of its log was made from another one, such as the one before a copy was put back. */
    static boolean isCurrent(IndexCursor cursor, Log known) {
        return cursor.format() == FORMAT && cursor.logId().equals(known.id()) && cursor.sequence() <= known.head();
    }

    /** A way through a log. */
    private final class Run {
        private final Scope scope;
        private final long head;
        private final Function<Long, Future<Void>> between;
        private final Promise<Void> done = Promise.promise();

        Run(Scope scope, long head, Function<Long, Future<Void>> between) {
            this.scope = scope;
            this.head = head;
            this.between = between;
        }

        /** Completes at the head; earlier if another process has taken over. */
        Future<Void> from(IndexCursor cursor) {
            step(cursor, new FileTree(cursor.nextNode()));
            return done.future();
        }

        /** Not composed with the next one: a log has thousands of batches. */
        private void step(IndexCursor cursor, FileTree tree) {
            between.apply(lastBatchNanos)
                    .compose(go -> {
                        long begun = System.nanoTime();
                        return log.lines(scope, cursor.sequence())
                                .compose(lines ->
                                        lines.ops() == 0 ? Future.succeededFuture(cursor) : batch(cursor, tree, lines))
                                .onSuccess(after -> {
                                    lastBatchNanos = System.nanoTime() - begun;
                                    if (after.sequence() == cursor.sequence() || after.sequence() >= head) {
                                        done.complete();
                                    } else {
                                        step(after, bounded(tree));
                                    }
                                });
                    })
                    .onFailure(done::tryFail);
        }

        /** Returns the cursor after the ops; the one before if another process has been quicker. */
        private Future<IndexCursor> batch(IndexCursor cursor, FileTree tree, ExportChunk lines) {
            List<VaultOp> ops = OpReader.ops(lines.json());
            return new IndexBatch(store, scope.id(), tree, ops).apply().compose(otherChanges -> {
                List<Time> times = new ArrayList<>();
                long lastTime = times(cursor, ops, times);
                IndexCursor after = new IndexCursor(
                        cursor.scopeId(),
                        cursor.format(),
                        cursor.logId(),
                        lines.last(),
                        tree.nextNode(),
                        cursor.otherChanges() + otherChanges,
                        lastTime);
                return store.apply(cursor, after, tree.take(times)).map(applied -> applied ? after : cursor);
            });
        }
    }

    /** All vaults that are indexed now share the memory. */
    private FileTree bounded(FileTree tree) {
        return tree.size() > MOST_KNOWN / Math.max(1, running.size()) ? new FileTree(tree.nextNode()) : tree;
    }

    /**
     * Collects the latest time up to each op, a mark a minute. A device whose clock is ahead cannot make an op later than the moment in
     * which it is read here, nor earlier than one before it.
     */
    private long times(IndexCursor cursor, List<VaultOp> ops, List<Time> times) {
        long now = clock.millis();
        long last = cursor.lastTime();
        for (VaultOp op : ops) {
            long time = Math.max(last, op.madeAt() == 0 ? now : Math.min(op.madeAt(), now));
            if (time / MARK_MILLIS > last / MARK_MILLIS) {
                times.add(new Time(op.sequence(), time));
            }
            last = time;
        }
        return last;
    }
}
