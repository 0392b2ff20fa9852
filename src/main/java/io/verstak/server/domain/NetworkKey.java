package io.verstak.server.domain;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/**
 * The unit that counts as one address in limits: an IPv4 address, or an IPv6 /64, since each customer gets at least
 * that.
 */
public final class NetworkKey {
    private static final int PREFIX_BYTES = 8;

    private NetworkKey() {}

    /** {@code 203.0.113.7}, or {@code 20010db800000001::/64} for {@code 2001:db8:0:1:…}. For limits only, not for people. */
    public static String of(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, PREFIX_BYTES) + "::/64"
                : address.getHostAddress();
    }
}
