package io.verstak.server.http.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times on the wire: RFC 3339, UTC, to the second. */
final class Times {
    private Times() {}

    /** @param millis since the epoch */
    static String text(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
