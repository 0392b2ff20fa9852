package io.verstak.server.blob;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/** How many uploads stream to disk at once. For one event loop. */
final class UploadSlots {
    private final int most;
    private final Promise<Void> idle = Promise.promise();
    private int taken;
    private boolean closing;

    UploadSlots(int most) {
        this.most = most;
    }

    /** False when all are taken, or none is given any more. */
    boolean take() {
        if (closing || taken >= most) {
            return false;
        }
        taken++;
        return true;
    }

    void giveBack() {
        taken--;
        completeWhenIdle();
    }

    /** Gives no more; completes when all are back. */
    Future<Void> close() {
        closing = true;
        completeWhenIdle();
        return idle.future();
    }

    private void completeWhenIdle() {
        if (closing && taken == 0) {
            idle.tryComplete();
        }
    }
}
