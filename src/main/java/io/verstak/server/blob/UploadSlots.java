package io.verstak.server.blob;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;

/** How many uploads stream to disk at once, in all and of one user, who leaves others their part. For one event loop. */
final class UploadSlots {
    /** Several desktops with all their connections. */
    private static final int FEW = 16;

    private static final int USERS_PART = 4;

    private final int most;
    private final int mostOfUser;
    private final Promise<Void> idle = Promise.promise();
    private final Map<String, Integer> takenByUser = new HashMap<>();
    private int taken;
    private boolean closing;

    UploadSlots(int most) {
        this.most = most;
        this.mostOfUser = Math.max(FEW, most / USERS_PART);
    }

    /** False when all are taken, or all of this user's, or none is given any more. */
    boolean take(String userId) {
        if (closing || taken >= most || takenByUser.getOrDefault(userId, 0) >= mostOfUser) {
            return false;
        }
        taken++;
        takenByUser.merge(userId, 1, Integer::sum);
        return true;
    }

    void giveBack(String userId) {
        taken--;
        takenByUser.computeIfPresent(userId, (same, slots) -> slots > 1 ? slots - 1 : null);
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
