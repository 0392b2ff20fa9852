package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times as Go and its database drivers write them. */
class GoTimeTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-22T10:00:00Z, 2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00.123456789Z, 2026-11-22T10:00:00.123Z",
        "2026-11-22T13:00:00+03:00, 2026-11-22T10:00:00Z",
        "2026-11-22 10:00:00, 2026-11-22T10:00:00Z",
        "2026-11-22 10:00:00.5+00:00, 2026-11-22T10:00:00.500Z",
        "2026-11-22 13:00:00 +0300 MSK, 2026-11-22T10:00:00Z",
        "2026-11-22 10:00:00.25 +0000 UTC m=+0.012, 2026-11-22T10:00:00.250Z",
    })
    void a_time_is_read_in_each_form(String text, String instant) {
        assertThat(GoTime.millis(text)).isEqualTo(Instant.parse(instant).toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00+00:00"})
    void nothing_and_the_zero_time_say_never(String text) {
        assertThat(GoTime.millis(text)).isNull();
    }

    @Test
    void anything_else_is_no_time() {
        assertThatThrownBy(() -> GoTime.millis("yesterday")).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> GoTime.millis("2026-13-45T10:00:00Z")).isInstanceOf(DateTimeException.class);
    }
}
