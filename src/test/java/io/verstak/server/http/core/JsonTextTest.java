package io.verstak.server.http.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is looked for is found wherever it begins: text is read eight bytes at a time. */
class JsonTextTest {
    private static final String AFTER = "some more text";

    static IntStream places() {
        return IntStream.rangeClosed(0, 24);
    }

    @ParameterizedTest
    @MethodSource("places")
    void an_escaped_surrogate_is_seen_at_any_place(int place) {
        for (String escape : new String[] {"\\ud800", "\\uDFFF", "\\uDb1a", "\\\\ud800"}) {
            assertThat(JsonText.mayEscapeSurrogates(text(place, escape + AFTER)))
                    .isTrue();
            assertThat(JsonText.mayEscapeSurrogates(text(place, escape))).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void another_escape_is_no_surrogate(int place) {
        for (String escape : new String[] {"\\ud7ff", "\\u0041", "\\n", "ud800", "\\\"ud800", "\\ud", "\\"}) {
            assertThat(JsonText.mayEscapeSurrogates(text(place, escape))).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void a_byte_that_is_not_utf8_is_refused_at_any_place(int place) {
        for (byte[] text : new byte[][] {text(place, "\u00ff"), text(place, "\u00ff" + AFTER)}) {
            assertThatThrownBy(() -> JsonText.requireUtf8(text)).isInstanceOf(CharacterCodingException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "text", "seven b", "eight by", "more than sixteen bytes", "\u00e4 and \u20ac"})
    void text_is_accepted(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThatCode(() -> JsonText.requireUtf8(bytes)).doesNotThrowAnyException();
        assertThat(JsonText.mayEscapeSurrogates(bytes)).isFalse();
    }

    /** In bytes as the letters' numbers are. */
    private static byte[] text(int place, String at) {
        return (" ".repeat(place) + at).getBytes(StandardCharsets.ISO_8859_1);
    }
}
