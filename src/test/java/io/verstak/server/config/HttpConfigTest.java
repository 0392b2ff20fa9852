package io.verstak.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConfigTest {
    @ParameterizedTest
    @CsvSource({
        "https://sync.example.org, https://sync.example.org",
        "https://sync.example.org/, https://sync.example.org",
        "https://example.org:8443/notes/sync//, https://example.org:8443/notes/sync",
        "http://[::1]:47732/a.b-c_d~e, http://[::1]:47732/a.b-c_d~e",
        "https://example.org/.well-known%20x, https://example.org/.well-known%20x"
    })
    void links_begin_with_the_public_address_and_its_path(String publicUrl, String base) {
        assertThat(HttpConfig.DEFAULT.withPublicUrl(publicUrl).baseUrl(1)).isEqualTo(base);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sync.example.org",
                "ftp://example.org",
                "https://",
                "https://example.org/a b",
                "https://example.org/a;b",
                "https://example.org/a\"b",
                "https://example.org/<a>",
                "https://example.org/a?b",
                "https://example.org/a#b",
                "https://example.org/../a",
                "https://example.org/a/.."
            })
    void a_path_that_would_have_to_be_quoted_is_refused(String publicUrl) {
        assertThatThrownBy(() -> HttpConfig.DEFAULT.withPublicUrl(publicUrl)).isInstanceOf(ConfigException.class);
    }
}
