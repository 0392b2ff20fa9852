package io.verstak.server.http.core;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses IP addresses of headers and configuration. Never queries DNS. */
final class AddressLiteral {
    /** {@code [2001:db8::1]} or {@code 203.0.113.7}, with or without a port; the address is in group 1 or 2. */
    private static final Pattern WITH_PORT = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([0-9.]+))(?::\\d{1,5})?");

    private static final Pattern BARE = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private AddressLiteral() {}

    /** Parses an address. An IPv4-mapped one ({@code ::ffff:203.0.113.7}) is the IPv4 address. */
    static Optional<InetAddress> parse(String text) {
        if (!BARE.matcher(text).matches()) {
            return Optional.empty();
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        return bytes == null ? Optional.empty() : Optional.of(ofBytes(bytes));
    }

    /** Parses an address that may have brackets and a port, as some proxies write it. */
    static Optional<InetAddress> parseHop(String text) {
        Matcher matcher = WITH_PORT.matcher(text);
        if (!matcher.matches()) {
            return parse(text);
        }
        String bracketed = matcher.group(1);
        return bracketed == null ? parse(matcher.group(2)) : parse(bracketed);
    }

    /** Returns the address of these 4 or 16 bytes, without a zone. */
    static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }
}
