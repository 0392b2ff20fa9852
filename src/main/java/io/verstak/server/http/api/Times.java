package io.verstak.server.http.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Times on the wire: RFC 3339, UTC, to the second. */
final class Times {
    private Times() {}

    /** @param millis since the epoch */
    static String text(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The same; what has not happened is an empty string. */
    static String textOrEmpty(@Nullable Long millis) {
        return millis == null ? "" : text(millis);
    }
}
