package io.verstak.server.http.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private static final InetAddress PROXY = address("10.0.0.1");

    private final ClientAddress behindProxies =
            new ClientAddress(TrustedProxies.parse(List.of("10.0.0.0/8", "fd00::/8")));

    @Test
    void s15_without_a_trusted_proxy_the_header_is_ignored() {
        ClientAddress direct = new ClientAddress(TrustedProxies.NONE);

        assertThat(direct.of(PROXY, List.of("203.0.113.7"))).isEqualTo(PROXY);
        assertThat(behindProxies.of(address("203.0.113.9"), List.of("198.51.100.1")))
                .isEqualTo(address("203.0.113.9"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.7                              | 203.0.113.7",
                "1.1.1.1, 203.0.113.7                     | 203.0.113.7",
                "203.0.113.7, 10.9.9.9                    | 203.0.113.7",
                "1.1.1.1, 203.0.113.7,10.9.9.9 , fd00::2  | 203.0.113.7",
                "203.0.113.7:51234                        | 203.0.113.7",
                "2001:db8::7                              | 2001:db8::7",
                "[2001:db8::7]                            | 2001:db8::7",
                "[2001:db8::7]:443                        | 2001:db8::7",
                "::ffff:203.0.113.7                       | 203.0.113.7",
                "203.0.113.7, ::ffff:10.0.0.9             | 203.0.113.7",
                "203.0.113.7, ,                           | 203.0.113.7",
                "10.0.0.3, 10.0.0.2                       | 10.0.0.3",
                "' '                                      | 10.0.0.1",
                "','                                      | 10.0.0.1"
            })
    void s15_the_rightmost_untrusted_hop_counts(String header, String client) {
        assertThat(behindProxies.of(PROXY, List.of(header))).isEqualTo(address(client));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.7, unknown             | 10.0.0.1",
                "203.0.113.7, _hidden, 10.0.0.2   | 10.0.0.2",
                "203.0.113.7, localhost           | 10.0.0.1",
                "203.0.113.7, 1.2.3               | 10.0.0.1",
                "203.0.113.7, 1.2.3.4.5           | 10.0.0.1",
                "203.0.113.7, 256.1.1.1           | 10.0.0.1",
                "203.0.113.7, 1.2.3.4:x           | 10.0.0.1",
                "203.0.113.7, [::1                | 10.0.0.1",
                "203.0.113.7, [1.2.3.4]junk       | 10.0.0.1",
                "203.0.113.7, fe80::1%eth0        | 10.0.0.1",
                "203.0.113.7, \"[2001:db8::7]\"   | 10.0.0.1"
            })
    void s15_garbage_ends_the_walk_at_the_proxy_that_let_it_through(String header, String client) {
        assertThat(behindProxies.of(PROXY, List.of(header))).isEqualTo(address(client));
    }

    @Test
    void s15_several_headers_are_one_list() {
        assertThat(behindProxies.of(PROXY, List.of("1.1.1.1", "203.0.113.7, 10.0.0.3", "10.0.0.2")))
                .isEqualTo(address("203.0.113.7"));
        assertThat(behindProxies.of(PROXY, List.of("203.0.113.7", "junk"))).isEqualTo(PROXY);
    }

    @Test
    void a_zone_of_the_connections_address_is_dropped() throws Exception {
        byte[] linkLocal = address("fe80::1").getAddress();
        InetAddress zoned = Inet6Address.getByAddress(null, linkLocal, 1);

        assertThat(new ClientAddress(TrustedProxies.NONE).of(zoned, List.of()).getHostAddress())
                .isEqualTo("fe80:0:0:0:0:0:0:1");
    }

    @Property(seed = "20261130")
    void s15_what_a_client_prepends_changes_nothing(
            @ForAll("anything") String prepended,
            @ForAll("untrusted") String client,
            @ForAll("trusted") List<String> proxies) {
        String honest = String.join(", ", concat(client, proxies));

        assertThat(behindProxies.of(PROXY, List.of(prepended + "," + honest))).isEqualTo(address(client));
        assertThat(behindProxies.of(PROXY, List.of(prepended, honest))).isEqualTo(address(client));
    }

    @Property(seed = "20261130")
    void s15_no_header_makes_the_walk_fail_or_leave_the_header(@ForAll("anything") String header) {
        InetAddress client = behindProxies.of(PROXY, List.of(header));

        boolean named = Arrays.stream(header.split(",", -1))
                .map(String::strip)
                .flatMap(hop -> AddressLiteral.parseHop(hop).stream())
                .anyMatch(client::equals);
        assertThat(client.equals(PROXY) || named).isTrue();
    }

    @Provide
    Arbitrary<String> anything() {
        Arbitrary<String> hops = Arbitraries.of(
                "10.0.0.7",
                "203.0.113.1",
                "[::1]:80",
                "unknown",
                "",
                " ",
                "::ffff:10.0.0.1",
                "1.2.3.4:99999",
                "fd00::1",
                "]",
                "%");
        return Arbitraries.oneOf(
                hops.list().ofMaxSize(6).map(list -> String.join(",", list)),
                Arbitraries.strings().ascii().ofMaxLength(60),
                Arbitraries.strings().withChars("0123456789abcdef.:[], ").ofMaxLength(60));
    }

    @Provide
    Arbitrary<String> untrusted() {
        return Arbitraries.oneOf(
                Arbitraries.integers()
                        .between(0, 0xffffff)
                        .map(bits -> "203." + (bits >> 16) + "." + (bits >> 8 & 0xff) + "." + (bits & 0xff)),
                Arbitraries.integers().between(0, 0xffff).map(bits -> "2001:db8::" + Integer.toHexString(bits)));
    }

    @Provide
    Arbitrary<List<String>> trusted() {
        return Arbitraries.integers()
                .between(0, 255)
                .map(bits -> "10.1.2." + bits)
                .list()
                .ofMaxSize(4);
    }

    private static List<String> concat(String first, List<String> rest) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }

    private static InetAddress address(String literal) {
        return AddressLiteral.parse(literal).orElseThrow();
    }
}
