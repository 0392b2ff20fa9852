package io.verstak.server.sync;

import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.LimitsConfig;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.Push;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/** The client side of {@link SyncLog}: checks and encodes on the caller's context, then calls the log's verticle. */
public final class BusSyncLog implements SyncLog {
    static final Address<Push, LogAnswer> PUSH = new Address<>("sync.push");
    static final Address<Pull, LogAnswer> PULL = new Address<>("sync.pull");

    static final Address<Lines, LogPiece> LINES = new Address<>("sync.lines");

    /** A larger body takes long enough to encode that other requests on the event loop would wait. */
    private static final int LARGE_BODY_BYTES = 256 << 10;

    private final Vertx vertx;
    private final Bus bus;
    private final Supplier<LimitsConfig> limits;
    private final OpEncoder encoder;

    /** A pull with its limits applied. */
    record Pull(DeviceIdentity device, long cursor, int maxOps) {}

    /** A part of a log to export. */
    record Lines(Scope scope, long cursor) {}

    public BusSyncLog(Vertx vertx, Bus bus, Supplier<LimitsConfig> limits) {
        this.vertx = vertx;
        this.bus = bus;
        this.limits = limits;
        this.encoder = new OpEncoder(limits);
    }

    @Override
    public Future<LogAnswer> push(DeviceIdentity device, PushRequest request, Buffer body) {
        if (body.length() <= LARGE_BODY_BYTES) {
            return bus.request(PUSH, encoder.encode(device, request, body));
        }
        return vertx.executeBlocking(() -> encoder.encode(device, request, body), false)
                .compose(push -> bus.request(PUSH, push));
    }

    @Override
    public Future<LogPiece> lines(Scope scope, long cursor) {
        return bus.request(LINES, new Lines(scope, cursor));
    }

    @Override
    public Future<LogAnswer> pull(DeviceIdentity device, PullRequest request) {
        if (request.sinceSequence() < 0 || request.pageLimit() < 0) {
            return Future.failedFuture(
                    new ServerException(ErrorCode.INVALID_REQUEST, "since_sequence and page_limit are not negative."));
        }
        int maxPage = limits.get().maxPullPage();
        int maxOps = request.pageLimit() == 0 ? maxPage : (int) Math.min(request.pageLimit(), maxPage);
        return bus.request(PULL, new Pull(device, request.sinceSequence(), maxOps));
    }

    /** An empty page knows the head as well as any. */
    @Override
    public Future<Long> head(DeviceIdentity device) {
        return bus.request(PULL, new Pull(device, Long.MAX_VALUE, 1)).map(page -> {
            page.share().close();
            return page.head();
        });
    }
}
