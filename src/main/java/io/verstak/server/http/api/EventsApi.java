package io.verstak.server.http.api;

import io.verstak.server.account.DeviceActivity;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Request;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.sync.wait.HeadNotifier;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The event streams of section 8 of the wire contract. */
public final class EventsApi {
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final SyncLog log;
    private final HeadNotifier watch;
    private final DeviceActivity activity;
    private final Function<RoutingContext, Future<DeviceIdentity>> identify;

    /** @param identify identifies the device of a request again, once its stream is subscribed */
    public EventsApi(
            SyncLog log,
            HeadNotifier watch,
            DeviceActivity activity,
            Function<RoutingContext, Future<DeviceIdentity>> identify) {
        this.log = log;
        this.watch = watch;
        this.activity = activity;
        this.identify = identify;
    }

    public Future<Void> open(Request call, DeviceIdentity device) {
        RoutingContext context = call.context();
        requireSequence(context.request().getHeader(LAST_EVENT_ID));
        HeadStream stream = new HeadStream(context, device, watch, activity);
        // Identifies the device after subscribing: a revocation is either visible now or will be reported.
        return identify.apply(context)
                .compose(still -> log.head(device))
                .compose(stream::begin)
                .onFailure(failure -> stream.close());
    }

    /**
     * A client that reconnects names the last sequence it has seen. The head is sent immediately whether it has moved
     * or not.
     */
    private static void requireSequence(@Nullable String lastEventId) {
        if (lastEventId != null && !lastEventId.matches("\\d{0,19}")) {
            throw new ServerException(ErrorCode.INVALID_REQUEST, "Last-Event-ID is a server_sequence.");
        }
    }
}
