package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.http.core.TrustedProxies;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Go server takes for a proxy, in the form that ours takes. */
class GoCidrTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "10.1.2.3/8, 10.0.0.0/8",
        "192.168.1.0/24, 192.168.1.0/24",
        "::1, ::1",
        "fd00::1/8, fd00:0:0:0:0:0:0:0/8",
    })
    void a_network_loses_what_stands_behind_its_prefix(String text, String expected) {
        assertThat(GoCidr.normal(text)).contains(expected);
        assertThat(TrustedProxies.parse(List.of(expected))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "", "0.0.0.0/0", "10.0.0.0/33", "10.0.0.0/x", "10.0.0"})
    void what_is_no_network_or_every_one_is_refused(String text) {
        assertThat(GoCidr.normal(text)).isEmpty();
    }
}
