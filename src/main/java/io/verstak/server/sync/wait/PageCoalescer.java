package io.verstak.server.sync.wait;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a page once for all pulls of a vault that were woken together and ask for the same page: a cursor and a head determine
 * it. Leaves room for other pulls when many are woken. Safe for any thread.
 */
final class PageCoalescer {
    /** How long a page is kept for pulls that are woken late. */
    private static final long KEPT_MILLIS = 100;

    private final Vertx vertx;
    private final SyncLog log;
    private final ReadLimiter turns = new ReadLimiter();
    private final Map<Key, Page> pages = new HashMap<>();

    private record Key(long scopeId, long cursor, long limit) {}

    /** @param head committed before the read began, so that the page covers it */
    private record Page(long head, Promise<LogAnswer> read) {
        /** Returns the page for one more pull, which closes its share. Empty when there is no memory for another copy. */
        Future<Optional<LogAnswer>> another() {
            return read.future().map(LogAnswer::another);
        }
    }

    PageCoalescer(Vertx vertx, SyncLog log) {
        this.vertx = vertx;
        this.log = log;
    }

    /**
     * Returns the page as a pull of the device would get it, read when this head was committed. When there is no memory for another
     * copy of a large page, the pull reads its own page, as large as memory allows; and also if the device that the page was read for has
     * lost its access, which says nothing of this one.
     */
    Future<LogAnswer> read(DeviceIdentity device, PullRequest request, long head) {
        return shared(device, request, head)
                .compose(page -> page.map(Future::succeededFuture).orElseGet(() -> read(device, request)))
                .recover(failure -> isRefusal(failure) ? read(device, request) : Future.failedFuture(failure));
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ServerException refused
                && (refused.code() == ErrorCode.UNAUTHORIZED || refused.code() == ErrorCode.FORBIDDEN);
    }

    private Future<Optional<LogAnswer>> shared(DeviceIdentity device, PullRequest request, long head) {
        Key key = new Key(device.scope().id(), request.sinceSequence(), request.pageLimit());
        Page page;
        Future<Optional<LogAnswer>> mine;
        synchronized (this) {
            page = pages.get(key);
            if (page != null && page.head() >= head) {
                return page.another();
            }
            page = new Page(head, Promise.promise());
            pages.put(key, page);
            mine = page.another();
        }
        begin(key, page, device, request);
        return mine;
    }

    /** Reads the current page for a pull that was not woken; ten thousand that arrive at once take turns, too. */
    Future<LogAnswer> read(DeviceIdentity device, PullRequest request) {
        Promise<LogAnswer> page = Promise.promise();
        readInTurn(device, request, page);
        return page.future();
    }

    private void begin(Key key, Page page, DeviceIdentity device, PullRequest request) {
        readInTurn(device, request, page.read());
        page.read()
                .future()
                .onSuccess(read -> vertx.setTimer(KEPT_MILLIS, over -> forget(key, page, read)))
                .onFailure(failure -> forget(key, page));
    }

    private void readInTurn(DeviceIdentity device, PullRequest request, Promise<LogAnswer> page) {
        Context context = vertx.getOrCreateContext();
        turns.enter(() -> context.runOnContext(turn ->
                log.pull(device, request).onComplete(done -> turns.leave()).onComplete(page)));
    }

    private void forget(Key key, Page page, LogAnswer read) {
        forget(key, page);
        read.share().close();
    }

    private synchronized void forget(Key key, Page page) {
        pages.remove(key, page);
    }
}
