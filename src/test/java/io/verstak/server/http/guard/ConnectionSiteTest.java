package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.FairPool;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** Which connections are counted together. */
class ConnectionSiteTest {
    @Test
    void addresses_of_one_ipv6_network_share_a_bound() throws Exception {
        FairPool<Object> connections = FairPool.of(5, 2);

        assertThat(connections.lease(site(1, 1), 1)).isPresent();
        assertThat(connections.lease(site(1, 2), 1)).isPresent();
        assertThat(connections.lease(site(1, 3), 1)).isEmpty();
        assertThat(connections.lease(site(2, 1), 1)).isPresent();
    }

    @Test
    void each_ipv4_address_has_a_bound_of_its_own() throws Exception {
        assertThat(TransportGuard.site(InetAddress.getByAddress(new byte[] {10, 0, 0, 1})))
                .isEqualTo(TransportGuard.site(InetAddress.getByAddress(new byte[] {10, 0, 0, 1})))
                .isNotEqualTo(TransportGuard.site(InetAddress.getByAddress(new byte[] {10, 0, 0, 2})));
    }

    private static Object site(int network, int host) throws Exception {
        byte[] bytes = new byte[16];
        bytes[0] = 0x20;
        bytes[7] = (byte) network;
        bytes[15] = (byte) host;
        return TransportGuard.site(InetAddress.getByAddress(bytes));
    }
}
