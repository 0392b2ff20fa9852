package io.verstak.server.http.archive;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.util.HashMap;
import java.util.Map;

/** How many archives may be on their way at once: in all, and to one user. Safe for any thread. */
final class DownloadSlots {
    private final int total;
    private final int perOwner;
    private int taken;
    private final Map<String, Integer> takenByOwner = new HashMap<>();

    DownloadSlots(int total, int perOwner) {
        this.total = total;
        this.perOwner = perOwner;
    }

    /** Throws {@code UNAVAILABLE} when there is no room; what was taken has to be given back. */
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
