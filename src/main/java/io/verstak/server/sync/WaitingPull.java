package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One pull whose empty page is held back until an op arrives or its time is over. It waits from before its first read, so
 * that no op slips between the two. Used on the context that began it.
 */
public final class WaitingPull implements HeadWait.Listener {
    private final WaitingPulls pulls;
    private final DeviceIdentity device;
    private final PullRequest request;
    private final Supplier<Future<DeviceIdentity>> identifyAgain;
    private final Vertx vertx;
    private final Context context;
    private final Promise<LogAnswer> answer = Promise.promise();
    private final HeadWait wait;
    private final long timer;

    /** The empty page, while it waits. */
    private @Nullable LogAnswer held;

    private long newestHead;
    private boolean mustAnswer;
    private boolean stopping;

    WaitingPull(
            WaitingPulls pulls,
            Vertx vertx,
            DeviceIdentity device,
            PullRequest request,
            Supplier<Future<DeviceIdentity>> identifyAgain) {
        this.pulls = pulls;
        this.vertx = vertx;
        this.device = device;
        this.request = request;
        this.identifyAgain = identifyAgain;
        this.context = vertx.getOrCreateContext();
        this.wait = pulls.watch().open(device, false, this);
        this.timer = vertx.setTimer(TimeUnit.SECONDS.toMillis(request.waitSeconds()), over -> timeOver());
    }

    /** Only now that it waits is it certain that a revocation will be told, or has been told before and shows here. */
    void begin() {
        identifyAgain.get().compose(still -> pulls.log().pull(device, request)).onComplete(this::read);
    }

    /** The page, as any pull would get it. */
    public Future<LogAnswer> answer() {
        return answer.future();
    }

    /** The client is gone, or has its answer. */
    public void giveUp() {
        settle();
        answer.tryFail(new ServerException(ErrorCode.UNAVAILABLE));
    }

    private void read(AsyncResult<LogAnswer> page) {
        if (page.failed()) {
            fail(page.cause());
            return;
        }
        LogAnswer read = page.result();
        boolean empty = read.head() <= request.sinceSequence();
        if (answer.future().isComplete()) {
            read.share().close();
        } else if (!empty || mustAnswer) {
            succeed(read);
        } else if (stopping) {
            read.share().close();
            fail(pulls.watch().goAway());
        } else {
            held = read;
            readAgainIfMoved();
        }
    }

    @Override
    public void headMoved(long head) {
        newestHead = Math.max(newestHead, head);
        readAgainIfMoved();
    }

    private void readAgainIfMoved() {
        LogAnswer page = held;
        if (page != null && newestHead > page.head()) {
            drop(page);
            mustAnswer = true;
            pulls.turns().enter(() -> context.runOnContext(turn -> readInTurn()));
        }
    }

    private void readInTurn() {
        if (answer.future().isComplete()) {
            pulls.turns().leave();
        } else {
            pulls.log()
                    .pull(device, request)
                    .onComplete(done -> pulls.turns().leave())
                    .onComplete(this::read);
        }
    }

    private void timeOver() {
        LogAnswer page = held;
        if (page == null) {
            mustAnswer = true;
        } else {
            succeed(page);
        }
    }

    @Override
    public void ended(WaitEnd why) {
        LogAnswer page = held;
        if (why == WaitEnd.ACCESS_LOST) {
            identifyAgain.get().onSuccess(still -> timeOver()).onFailure(this::fail);
        } else if (page == null) {
            stopping = true;
        } else {
            fail(pulls.watch().goAway());
        }
    }

    private void succeed(LogAnswer page) {
        held = null;
        settle();
        if (!answer.tryComplete(page)) {
            page.share().close();
        }
    }

    private void fail(Throwable failure) {
        settle();
        answer.tryFail(failure);
    }

    private void settle() {
        wait.close();
        vertx.cancelTimer(timer);
        LogAnswer page = held;
        if (page != null) {
            drop(page);
        }
    }

    private void drop(LogAnswer page) {
        held = null;
        page.share().close();
    }
}
