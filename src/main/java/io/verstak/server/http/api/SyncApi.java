package io.verstak.server.http.api;

import io.verstak.server.account.DeviceActivity;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.RequestRecord;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.sync.wait.WaitingPull;
import io.verstak.server.sync.wait.WaitingPulls;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** Push and pull, as in section 3 of the wire contract. */
public final class SyncApi {
    private final SyncLog log;
    private final WaitingPulls waiting;
    private final DeviceActivity activity;
    private final Function<RoutingContext, Future<DeviceIdentity>> identify;

    /** @param identify identifies the device of a request again, while its pull waits */
    public SyncApi(
            SyncLog log,
            WaitingPulls waiting,
            DeviceActivity activity,
            Function<RoutingContext, Future<DeviceIdentity>> identify) {
        this.log = log;
        this.waiting = waiting;
        this.activity = activity;
        this.identify = identify;
    }

    public Future<Buffer> push(Request call, DeviceIdentity device, PushRequest request) {
        return log.push(device, request, call.takeBody()).map(answer -> sent(call, answer));
    }

    public Future<Buffer> pull(Request call, DeviceIdentity device, PullRequest request) {
        return page(call, device, request).map(page -> {
            activity.pulled(device, Math.min(request.sinceSequence(), page.head()));
            if (page.complete()) {
                call.onSent(() -> activity.synced(device, page.head()));
            }
            return sent(call, page);
        });
    }

    private Future<LogAnswer> page(Request call, DeviceIdentity device, PullRequest request) {
        if (request.waitSeconds() == 0) {
            return log.pull(device, request);
        }
        call.releaseBody();
        RequestRecord.of(call.context()).untimed();
        WaitingPull pull = waiting.begin(device, request, () -> identify.apply(call.context()));
        call.onEnd(pull::giveUp);
        return pull.answer();
    }

    private static Buffer sent(Request call, LogAnswer answer) {
        call.onTaken(answer::close);
        return answer.json();
    }
}
