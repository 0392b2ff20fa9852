package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Context;

/** One wait for the head of a scope. Its listener is told on the context that the wait was opened on. */
public final class HeadWait {
    /** What a wait can bring. After an end, or once the wait is closed, nothing comes any more. */
    public interface Listener {
        /** The scope's head is at least this; what the listener knows already may come again. */
        void headMoved(long head);

        void ended(WaitEnd why);
    }

    private final HeadWatch watch;
    private final DeviceIdentity device;
    private final boolean stream;
    private final Context context;
    private final Listener listener;

    /** Touched on the context only. */
    private boolean over;

    HeadWait(HeadWatch watch, DeviceIdentity device, boolean stream, Context context, Listener listener) {
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
    void end(WaitEnd why) {
        context.runOnContext(turn -> {
            if (!over) {
                over = true;
                listener.ended(why);
            }
        });
    }

    /** Nobody waits any more. To be called on the wait's context, whatever has ended it; harmless when called twice. */
    public void close() {
        over = true;
        watch.remove(this);
    }
}
