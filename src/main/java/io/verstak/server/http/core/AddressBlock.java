package io.verstak.server.http.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A CIDR block (RFC 4632), IPv4 or IPv6. */
final class AddressBlock {
    private static final int BYTE = 8;
    private static final int IPV4_BITS = 32;
    private static final int MAPPED_PREFIX = 96;

    private final byte[] network;
    private final int prefix;

    private AddressBlock(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /** Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or an address alone; else throws {@link IllegalArgumentException}. */
    static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] network = AddressLiteral.parse(address)
                .map(InetAddress::getAddress)
                .orElseThrow(() -> refused(text, "not an IP address or a block such as 10.0.0.0/8"));
        int prefix = slash < 0 ? network.length * BYTE : prefix(text, slash, isMapped(address, network));
        if (prefix < 1 || prefix > network.length * BYTE) {
            throw refused(text, "the prefix must be 1 to " + network.length * BYTE);
        }
        if (!Arrays.equals(network, masked(network, prefix))) {
            throw refused(text, "host bits are set; use " + block(masked(network, prefix), prefix));
        }
        return new AddressBlock(network, prefix);
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == network.length && Arrays.equals(network, masked(bytes, prefix));
    }

    private static int prefix(String text, int slash, boolean mapped) {
        String digits = text.substring(slash + 1);
        if (!digits.matches("\\d{1,3}")) {
            throw refused(text, "the prefix is not a number");
        }
        return Integer.parseInt(digits) - (mapped ? MAPPED_PREFIX : 0);
    }

    private static String block(byte[] network, int prefix) {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private static boolean isMapped(String address, byte[] network) {
        return network.length * BYTE == IPV4_BITS && address.indexOf(':') >= 0;
    }

    private static byte[] masked(byte[] address, int prefix) {
        byte[] masked = address.clone();
        for (int bit = prefix; bit < masked.length * BYTE; bit++) {
            masked[bit / BYTE] &= (byte) ~(0x80 >> (bit % BYTE));
        }
        return masked;
    }

    private static IllegalArgumentException refused(String text, String reason) {
        return new IllegalArgumentException("\"" + text + "\": " + reason);
    }
}
