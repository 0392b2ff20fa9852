package io.verstak.server.http.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-99, 0, 100",
        "bytes=10-, 10, 90",
        "bytes=10-1000, 10, 90",
        "bytes=99-99, 99, 1",
        "bytes=-1, 99, 1",
        "bytes=-100, 0, 100",
        "bytes=-101, 0, 100",
        "BYTES=0-0, 0, 1",
        "bytes=0-99999999999999999999999, 0, 100",
        "bytes=00000000000000000000001-1, 1, 1",
    })
    void one_range_is_read(String header, long from, long length) {
        assertThat(ByteRange.parse(List.of(header), 100)).contains(new ByteRange(from, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-"})
    void a_range_beyond_the_end_cannot_be_satisfied(String header) {
        assertThat(ByteRange.parse(List.of(header), 100))
                .hasValueSatisfying(range -> assertThat(range.isSatisfiable()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=",
                "bytes=-",
                "bytes=2-1",
                "bytes=a-b",
                "bytes=1",
                "bytes 0-1",
                "items=0-1",
                "bytes=0-0,2-3",
                "",
                "bytes=0--1",
                "bytes=+0-1",
                "bytes=0x0-1",
                "bytes=٠-١"
            })
    void anything_else_counts_as_no_range(String header) {
        assertThat(ByteRange.parse(List.of(header), 100)).isEmpty();
    }

    @Test
    void two_range_headers_count_as_none() {
        assertThat(ByteRange.parse(List.of("bytes=0-0", "bytes=1-1"), 100)).isEmpty();
    }

    @Test
    void the_end_of_an_empty_file_is_all_of_it() {
        assertThat(ByteRange.parse(List.of("bytes=-5"), 0)).isEmpty();
        assertThat(ByteRange.parse(List.of("bytes=0-"), 0))
                .hasValueSatisfying(range -> assertThat(range.isSatisfiable()).isFalse());
    }
}
