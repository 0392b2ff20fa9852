package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionLedgerTest {
    private final ConnectionLedger ledger =
            new ConnectionLedger(new TestLimits().connections(2, 5).build(), address -> false);

    @Test
    void addresses_of_one_ipv6_network_share_a_bound() throws Exception {
        assertThat(ledger.tryEnter(address(1, 1))).isTrue();
        assertThat(ledger.tryEnter(address(1, 2))).isTrue();
        assertThat(ledger.tryEnter(address(1, 3))).isFalse();
        assertThat(ledger.tryEnter(address(2, 1))).isTrue();
    }

    @Test
    void nothing_is_remembered_of_an_address_without_connections() throws Exception {
        for (int network = 0; network < 100; network++) {
            assertThat(ledger.tryEnter(address(network, 1))).isTrue();
            ledger.leave(address(network, 1));
        }
        assertThat(ledger.addresses()).isZero();
        assertThat(ledger.total()).isZero();
    }

    @Test
    void a_refused_connection_counts_nowhere() throws Exception {
        for (int attempt = 0; attempt < 10; attempt++) {
            ledger.tryEnter(address(1, attempt));
        }
        assertThat(ledger.total()).isEqualTo(2);
    }

    private static InetAddress address(int network, int host) throws Exception {
        byte[] bytes = new byte[16];
        bytes[0] = 0x20;
        bytes[7] = (byte) network;
        bytes[15] = (byte) host;
        return InetAddress.getByAddress(bytes);
    }
}
