package io.verstak.server.http.api;

import io.verstak.server.account.DeviceActivity;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.http.Call;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Push and pull: the wire contract's section 3. */
public final class SyncApi {
    private final SyncLog log;
    private final DeviceActivity activity;

    public SyncApi(SyncLog log, DeviceActivity activity) {
        this.log = log;
        this.activity = activity;
    }

    public Future<Buffer> push(Call call, DeviceIdentity device, PushRequest request) {
        return log.push(device, request, call.body()).map(answer -> sent(call, answer));
    }

    public Future<Buffer> pull(Call call, DeviceIdentity device, PullRequest request) {
        return log.pull(device, request).map(page -> {
            activity.pulled(device, Math.min(request.sinceSequence(), page.head()));
            return sent(call, page);
        });
    }

    private static Buffer sent(Call call, LogAnswer answer) {
        call.onEnd(answer.share()::close);
        return answer.json();
    }
}
