package io.verstak.server.blob;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits how many uploads stream to disk at once, in total and per user, with a reserve for other users. Used on one
 * event loop.
 */
public final class UploadSlots {
    /** Several desktops with all of their connections. */
    private static final int FEW = 16;

    private static final int USERS_PART = 4;

    private final int most;
    private final int mostOfUser;
    private final Promise<Void> idle = Promise.promise();
    private final Map<String, Integer> takenByUser = new HashMap<>();
    private int taken;
    private boolean closing;

    public UploadSlots(int most) {
        this.most = most;
        this.mostOfUser = Math.max(FEW, most / USERS_PART);
    }

    /** Returns false when all slots, or all of this user's, are taken, or when closed. */
    public boolean take(String userId) {
        if (closing || taken >= most || takenByUser.getOrDefault(userId, 0) >= mostOfUser) {
            return false;
        }
        taken++;
        takenByUser.merge(userId, 1, Integer::sum);
        return true;
    }

    public void giveBack(String userId) {
        taken--;
        takenByUser.computeIfPresent(userId, (same, slots) -> slots > 1 ? slots - 1 : null);
        completeWhenIdle();
    }

    /** Refuses further slots; completes when all are returned. */
    public Future<Void> close() {
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
