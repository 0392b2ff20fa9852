package io.verstak.server.sync.wait;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** Starts long-polling pulls. */
public final class WaitingPulls {
    private static final long MAX_WAIT_SECONDS = 25;

    private final Vertx vertx;
    private final HeadNotifier watch;
    private final PageCoalescer pages;

    public WaitingPulls(Vertx vertx, SyncLog log, HeadNotifier watch) {
        this.vertx = vertx;
        this.watch = watch;
        this.pages = new PageCoalescer(vertx, log);
    }

    /**
     * Starts a waiting pull on the caller's context. The caller gives it up when the client disconnects.
     *
     * @param identifyAgain authenticates the device again; if that fails, so does the pull
     * @throws ServerException {@code INVALID_REQUEST} if the time is out of range, {@code UNAVAILABLE} if too many wait
     */
    public WaitingPull begin(
            DeviceIdentity device, PullRequest request, Supplier<Future<DeviceIdentity>> identifyAgain) {
        if (request.waitSeconds() < 0 || request.waitSeconds() > MAX_WAIT_SECONDS) {
            throw new ServerException(
                    ErrorCode.INVALID_REQUEST, "wait_seconds is 0 to %s.".formatted(MAX_WAIT_SECONDS));
        }
        WaitingPull pull = new WaitingPull(this, vertx, device, request, identifyAgain);
        pull.begin();
        return pull;
    }

    HeadNotifier watch() {
        return watch;
    }

    PageCoalescer pages() {
        return pages;
    }
}
