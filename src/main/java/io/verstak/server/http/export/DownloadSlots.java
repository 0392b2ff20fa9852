package io.verstak.server.http.export;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.util.HashMap;
import java.util.Map;

/** Limits how many archives are downloaded at once, in total and per user. Safe for any thread. */
final class DownloadSlots {
    private final int total;
    private final int perOwner;
    private int taken;
    private final Map<String, Integer> takenByOwner = new HashMap<>();

    DownloadSlots(int total, int perOwner) {
        this.total = total;
        this.perOwner = perOwner;
    }

    /** Takes a slot, which must be returned. Throws {@code UNAVAILABLE} when none is free. */
    synchronized void take(String owner) {
        if (taken >= total || takenByOwner.getOrDefault(owner, 0) >= perOwner) {
            throw ServerException.retryAfter(ErrorCode.UNAVAILABLE, 30);
        }
        taken++;
        takenByOwner.merge(owner, 1, Integer::sum);
    }

    synchronized void give(String owner) {
        taken--;
        takenByOwner.computeIfPresent(owner, (same, count) -> count == 1 ? null : count - 1);
    }
}
