package io.verstak.server.http.core;

import java.net.InetAddress;
import java.util.List;

/** The reverse proxies whose {@code X-Forwarded-For} is trusted ({@code http.trustedProxies}). */
public final class TrustedProxies {
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private final List<AddressBlock> blocks;

    private TrustedProxies(List<AddressBlock> blocks) {
        this.blocks = blocks;
    }

    /**
     * Parses addresses and CIDR blocks, IPv4 and IPv6.
     *
     * <p>Throws {@link IllegalArgumentException}, naming the entry, for anything else, for host bits, and for a prefix
     * of 0: trusting everyone would let everyone choose an address.
     */
    public static TrustedProxies parse(List<String> entries) {
        return new TrustedProxies(entries.stream().map(AddressBlock::parse).toList());
    }

    public boolean contains(InetAddress address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }
}
