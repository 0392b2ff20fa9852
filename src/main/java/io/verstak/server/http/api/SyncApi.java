package io.verstak.server.http.api;

import io.verstak.server.account.DeviceActivity;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.http.core.Request;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.sync.wait.WaitingPull;
import io.verstak.server.sync.wait.WaitingPulls;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/** Push and pull, as in section 3 of the wire contract. */
public final class SyncApi {
    private final SyncLog log;
    private final WaitingPulls waiting;
    private final DeviceActivity activity;

    public SyncApi(SyncLog log, WaitingPulls waiting, DeviceActivity activity) {
        this.log = log;
        this.waiting = waiting;
        this.activity = activity;
    }

    public Future<Buffer> push(Request call, DeviceIdentity device, PushRequest request) {
        return log.push(device, request, call.body()).map(answer -> sent(call, answer));
    }

    public Future<Buffer> pull(
            Request call, DeviceIdentity device, PullRequest request, Supplier<Future<DeviceIdentity>> identifyAgain) {
        return page(call, device, request, identifyAgain).map(page -> {
            activity.pulled(device, Math.min(request.sinceSequence(), page.head()));
            if (page.complete()) {
                call.onSent(() -> activity.synced(device, page.head()));
            }
            return sent(call, page);
        });
    }

    private Future<LogAnswer> page(
            Request call, DeviceIdentity device, PullRequest request, Supplier<Future<DeviceIdentity>> identifyAgain) {
        if (request.waitSeconds() == 0) {
            return log.pull(device, request);
        }
        call.releaseBody();
        WaitingPull pull = waiting.begin(device, request, identifyAgain);
        call.onEnd(pull::giveUp);
        return pull.answer();
    }

    private static Buffer sent(Request call, LogAnswer answer) {
        call.onTaken(answer::close);
        return answer.json();
    }
}
