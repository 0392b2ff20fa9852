package io.verstak.server.importer;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as the Go server writes them: RFC 3339, and the forms that its libraries make of one. */
final class GoTime {
    /** Date, time with or without a fraction, and a zone: none, {@code Z}, {@code +03:00} or {@code +0300 MSK}. */
    private static final Pattern FORM =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[Tt ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)"
                    + " ?(?:([Zz])|([+-]\\d\\d):?(\\d\\d)(?: [A-Z]{1,5})?(?: m=.*)?)?");

    private GoTime() {}

    /**
     * Returns milliseconds since the epoch; null for an empty text and for Go's zero time, which means "never".
     *
     * @throws DateTimeException when the text is not a time
     */
    static @Nullable Long millis(String text) {
        if (text.isBlank()) {
            return null;
        }
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new DateTimeException("not a time");
        }
        String local = matcher.group(1) + "T" + matcher.group(2);
        Instant instant = matcher.group(4) == null
                ? LocalDateTime.parse(local).toInstant(ZoneOffset.UTC)
                : OffsetDateTime.parse(local + matcher.group(4) + ":" + matcher.group(5))
                        .toInstant();
        return instant.toEpochMilli() <= 0 ? null : instant.toEpochMilli();
    }
}
