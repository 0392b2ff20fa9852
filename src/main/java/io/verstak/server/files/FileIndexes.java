package io.verstak.server.files;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.files.FileIndexState;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.HeadStore.Log;
import io.verstak.server.storage.files.FileIndexStore;
import io.verstak.server.storage.files.IndexCursor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Function;

/** How far the indexes of vaults are. One that is behind is brought up to its log when somebody asks for it. */
final class FileIndexes {
    private static final long WAIT_MILLIS = 2_000;
    private static final long AGAIN_MILLIS = 50;
    private static final int RETRY_SECONDS = 2;

    private final Vertx vertx;
    private final HeadStore heads;
    private final FileIndexStore index;
    private final Function<Long, Future<Void>> catchUp;

    /**
     * How far an index is.
     *
     * @param cursor empty: there is none, or it is one of another log
     */
    private record State(Log log, Optional<IndexCursor> cursor) {
        long indexed() {
            return cursor.map(IndexCursor::sequence).orElse(0L);
        }

        boolean reaches(long moment) {
            return indexed() >= Math.min(moment, log.head());
        }
    }

    /** @param catchUp brings the index of a vault to the head of its log at once */
    FileIndexes(Vertx vertx, HeadStore heads, FileIndexStore index, Function<Long, Future<Void>> catchUp) {
        this.vertx = vertx;
        this.heads = heads;
        this.index = index;
        this.catchUp = catchUp;
    }

    /** Returns how far an index is, after a moment in which it may come to the head. */
    Future<FileIndexState> state(Scope scope) {
        return upTo(scope, VaultFiles.HEAD)
                .map(now -> new FileIndexState(
                        now.indexed(),
                        now.log().head(),
                        now.cursor().map(IndexCursor::otherChanges).orElse(0L)));
    }

    /** Reads at a moment that the index has come to. */
    <T> Future<T> at(Scope scope, long moment, Function<Long, Future<T>> read) {
        return upTo(scope, moment)
                .compose(now -> now.reaches(moment)
                        ? read.apply(Math.min(moment, now.indexed()))
                        : Future.failedFuture(ServerException.retryAfter(Message.FILES_NOT_READY, RETRY_SECONDS)));
    }

    /** Waits a moment for an index that is behind. What is pushed meanwhile need not be in it. */
    private Future<State> upTo(Scope scope, long moment) {
        return look(scope).compose(before -> {
            if (before.reaches(moment)) {
                return Future.succeededFuture(before);
            }
            Promise<Void> over = Promise.promise();
            long timer = vertx.setTimer(WAIT_MILLIS, late -> over.tryComplete());
            reach(scope, before, moment, over);
            return over.future()
                    .onComplete(waited -> vertx.cancelTimer(timer))
                    .compose(waited -> look(scope))
                    .map(after -> new State(before.log(), after.cursor()));
        });
    }

    /** A run that was under way may have been for an earlier head: then there is another one. */
    private void reach(Scope scope, State wanted, long moment, Promise<Void> over) {
        catchUp.apply(scope.id())
                .compose(done -> look(scope))
                .onSuccess(now -> {
                    if (new State(wanted.log(), now.cursor()).reaches(moment)) {
                        over.tryComplete();
                    } else if (!over.future().isComplete()) {
                        vertx.setTimer(AGAIN_MILLIS, later -> reach(scope, wanted, moment, over));
                    }
                })
                .onFailure(over::tryFail);
    }

    /** The cursor before the head: it is never above the head that is read later. */
    private Future<State> look(Scope scope) {
        return index.cursor(scope.id())
                .compose(cursor -> heads.log(scope.id())
                        .compose(found -> found.map(known -> Future.succeededFuture(
                                        new State(known, cursor.filter(some -> FileIndexer.isCurrent(some, known)))))
                                .orElseGet(() -> ErrorCode.NOT_FOUND.refuse())));
    }
}
