package io.verstak.server.sync.wait;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.PullRequest;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pull whose empty page is held back until an op arrives or its time is up. It subscribes before its first read, so that no
 * op is missed between the two. Used on the context that began it.
 */
public final class WaitingPull implements HeadSubscription.Listener {
    private final WaitingPulls pulls;
    private final DeviceIdentity device;
    private final PullRequest request;
    private final Supplier<Future<DeviceIdentity>> identifyAgain;
    private final Vertx vertx;
    private final Context context;
    private final Promise<LogAnswer> answer = Promise.promise();
    private final HeadSubscription wait;
    private final long timer;

    /** While it waits: the head that the client has seen, and the empty page if one was read. */
    private boolean waiting;

    private long waitsAbove;
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

    /** Identifies the device after subscribing: a revocation is either visible now or will be reported. */
    void begin() {
        identifyAgain.get().onSuccess(still -> look()).onFailure(this::fail);
    }

    /**
     * A client that returns with the head it was just woken with has seen everything: skip the read. With several nodes there may
     * be a newer head.
     */
    private void look() {
        long head = pulls.watch().isShared()
                ? 0
                : pulls.watch().knownHead(device.scope().id());
        boolean nothing = head > 0 && head == request.sinceSequence() && request.pageLimit() >= 0;
        if (nothing && !mustAnswer && !stopping && !answer.future().isComplete()) {
            waitAbove(head);
        } else {
            pulls.pages().read(device, request).onComplete(this::read);
        }
    }

    /** Returns the page, as any pull would get it. */
    public Future<LogAnswer> answer() {
        return answer.future();
    }

    /** Ends the pull: the client has disconnected or has its answer. */
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
            hold(read);
            waitAbove(read.head());
        }
    }

    /** With several nodes the page may be old when the time is up: another node has pushed, and nothing has said so. */
    private void hold(LogAnswer page) {
        if (pulls.watch().isShared()) {
            page.share().close();
        } else {
            held = page;
        }
    }

    private void waitAbove(long head) {
        waiting = true;
        waitsAbove = head;
        readAgainIfMoved();
    }

    @Override
    public void headMoved(long head) {
        newestHead = Math.max(newestHead, head);
        readAgainIfMoved();
    }

    private void readAgainIfMoved() {
        if (waiting && newestHead > waitsAbove) {
            readToAnswer();
        }
    }

    private void readToAnswer() {
        answerBy(pulls.pages().read(device, request, Math.max(newestHead, waitsAbove)));
    }

    private void answerBy(Future<LogAnswer> reading) {
        stopWaiting();
        mustAnswer = true;
        reading.onComplete(page -> context.runOnContext(turn -> read(page)));
    }

    private void timeOver() {
        LogAnswer page = held;
        if (page != null) {
            succeed(page);
        } else if (waiting && pulls.watch().isShared()) {
            answerBy(pulls.pages().read(device, request));
        } else if (waiting) {
            readToAnswer();
        } else {
            mustAnswer = true;
        }
    }

    @Override
    public void ended(CloseReason why) {
        if (why == CloseReason.ACCESS_LOST) {
            identifyAgain.get().onSuccess(still -> timeOver()).onFailure(this::fail);
        } else if (waiting) {
            fail(pulls.watch().goAway());
        } else {
            stopping = true;
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
        stopWaiting();
    }

    private void stopWaiting() {
        waiting = false;
        LogAnswer page = held;
        held = null;
        if (page != null) {
            page.share().close();
        }
    }
}
