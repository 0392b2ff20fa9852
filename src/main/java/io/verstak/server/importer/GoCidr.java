package io.verstak.server.importer;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** A proxy's address or network in the Go server's notation, converted to ours. */
final class GoCidr {
    private static final int BYTE = 8;

    private GoCidr() {}

    /** Clears the host bits; empty for text that is not a network, or for all networks. */
    static Optional<String> normal(String text) {
        String[] parts = text.split("/", 2);
        byte[] address = NetUtil.createByteArrayFromIpAddressString(parts[0]);
        if (address == null) {
            return Optional.empty();
        }
        if (parts.length == 1) {
            return Optional.of(parts[0]);
        }
        int bits = address.length * BYTE;
        int prefix = parts[1].matches("\\d{1,3}") ? Integer.parseInt(parts[1]) : 0;
        if (prefix < 1 || prefix > bits) {
            return Optional.empty();
        }
        for (int bit = prefix; bit < bits; bit++) {
            address[bit / BYTE] &= (byte) ~(0x80 >> (bit % BYTE));
        }
        try {
            return Optional.of(InetAddress.getByAddress(address).getHostAddress() + "/" + prefix);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }
}
