package io.verstak.server.http.core;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times on the wire: RFC 3339, UTC, to the second. */
public final class Times {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private Times() {}

    /**
     * Formats a time.
     *
     * @param millis since the epoch
     */
    public static String text(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Formats a time; an event that has not happened is an empty string. */
    public static String textOrEmpty(@Nullable Long millis) {
        return millis == null ? "" : text(millis);
    }

    /** Formats a time as an HTTP date (RFC 9110, section 5.6.7). */
    public static String httpDate(long millis) {
        return HTTP_DATE.format(Instant.ofEpochMilli(millis));
    }
}
