package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a page once for all the pulls of a vault that were woken together and ask for the same: above one cursor and up to
 * one head there is only one page. Sees to it that a wake of many leaves room for other pulls. Safe for any thread.
 */
final class SharedPages {
    /** How long a page that was read is there for those whose turn to be woken comes late. */
    private static final long KEPT_MILLIS = 100;

    private final Vertx vertx;
    private final SyncLog log;
    private final ReadTurns turns = new ReadTurns();
    private final Map<Key, Page> pages = new HashMap<>();

    private record Key(long scopeId, long cursor, long limit) {}

    /** @param head committed before the reading began, so that the page tells of it */
    private record Page(long head, Promise<LogAnswer> read) {
        /** For one more, who closes its share. Empty when there is no room for one more copy. */
        Future<Optional<LogAnswer>> another() {
            return read.future()
                    .map(page -> page.share().another().map(share -> new LogAnswer(page.json(), page.head(), share)));
        }
    }

    SharedPages(Vertx vertx, SyncLog log) {
        this.vertx = vertx;
        this.log = log;
    }

    /**
     * The page as a pull of the device would get it, read at a time when this head was committed. Who finds no room for one more
     * copy of a large page gets one of its own, as large as there is room for.
     */
    Future<LogAnswer> read(DeviceIdentity device, PullRequest request, long head) {
        return shared(device, request, head)
                .compose(page -> page.map(Future::succeededFuture).orElseGet(() -> read(device, request)));
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

    /** The page as it is now, for a pull that nobody has woken yet: ten thousand that come at once take turns, too. */
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
