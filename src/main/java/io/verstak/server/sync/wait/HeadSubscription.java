package io.verstak.server.sync.wait;

import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Context;

/** A subscription to the head of a scope. Its listener is called on the context that opened it. */
public final class HeadSubscription {
    /** Receives the events of a subscription. No event follows {@link #ended} or {@link HeadSubscription#close}. */
    public interface Listener {
        /** The scope's head is at least this. The same head may be reported again. */
        void headMoved(long head);

        void ended(CloseReason why);
    }

    private final HeadNotifier watch;
    private final DeviceIdentity device;
    private final boolean stream;
    private final Context context;
    private final Listener listener;

    /** Used on the context only. */
    private boolean over;

    HeadSubscription(HeadNotifier watch, DeviceIdentity device, boolean stream, Context context, Listener listener) {
        this.watch = watch;
        this.device = device;
        this.stream = stream;
        this.context = context;
        this.listener = listener;
    }

    DeviceIdentity device() {
        return device;
    }

    boolean isStream() {
        return stream;
    }

    /** May be called on any thread. */
    void moved(long head) {
        context.runOnContext(turn -> {
            if (!over) {
                listener.headMoved(head);
            }
        });
    }

    /** May be called on any thread. */
    void end(CloseReason why) {
        context.runOnContext(turn -> {
            if (!over) {
                over = true;
                listener.ended(why);
            }
        });
    }

    /** Closes the subscription. Called on its own context, however it ended; calling it twice is harmless. */
    public void close() {
        over = true;
        watch.remove(this);
    }
}
