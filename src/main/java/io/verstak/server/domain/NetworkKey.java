package io.verstak.server.domain;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/**
 * The unit that counts as one address in limits: an IPv4 address, or an IPv6 /64, since each customer gets at least that.
 *
 * @param text {@code 203.0.113.7}, or {@code 20010db800000001::/64} for {@code 2001:db8:0:1:…}: for limits, not for people
 */
public record NetworkKey(String text) {
    private static final int PREFIX_BYTES = 8;

    public static NetworkKey of(InetAddress address) {
        return new NetworkKey(
                address instanceof Inet6Address
                        ? HexFormat.of().formatHex(address.getAddress(), 0, PREFIX_BYTES) + "::/64"
                        : address.getHostAddress());
    }
}
