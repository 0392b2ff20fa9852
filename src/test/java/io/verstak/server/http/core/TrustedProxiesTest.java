package io.verstak.server.http.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "127.0.0.1/32, 127.0.0.1, true",
        "::1, ::1, true",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/33, 2001:db8:8000::, false",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, 0a00::, false"
    })
    void a_block_holds_the_addresses_under_its_prefix(String block, String address, boolean held) {
        assertThat(TrustedProxies.parse(List.of(block))
                        .contains(AddressLiteral.parse(address).orElseThrow()))
                .isEqualTo(held);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "proxy.example.org",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "10.0.0.1/8",
                "10.0.0",
                "256.0.0.0/8",
                "0.0.0.0/0",
                "::/0",
                "fd00::/129",
                "fd00::1/64",
                "::ffff:10.0.0.0/8",
                "10.0.0.0/a",
                " 10.0.0.0/8"
            })
    void what_is_no_block_is_refused_by_name(String entry) {
        assertThatThrownBy(() -> TrustedProxies.parse(List.of("127.0.0.1", entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + entry + "\"");
    }

    @Test
    void without_entries_nobody_is_trusted() {
        assertThat(TrustedProxies.NONE.contains(
                        AddressLiteral.parse("127.0.0.1").orElseThrow()))
                .isFalse();
    }
}
