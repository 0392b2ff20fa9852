package io.verstak.server.http.core;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Determines the client's address of a request, for limits and the audit log.
 *
 * <p>It is the address of the connection; or, if that is a trusted proxy's, the rightmost hop of {@code
 * X-Forwarded-For} that is not trusted. Proxies append on the right, so values written by a client are further left and
 * never used.
 */
public final class ClientAddress {
    private final TrustedProxies proxies;

    public ClientAddress(TrustedProxies proxies) {
        this.proxies = proxies;
    }

    /**
     * Reads the hops from right to left.
     *
     * <p>A hop that is not an address ends the walk at the trusted proxy before it: all garbage that a proxy lets
     * through shares one budget, and nobody gains a new address with it. Empty list elements are skipped (RFC 9110,
     * 5.6.1). If all hops are trusted, the leftmost is used.
     *
     * @param connection the other end of the socket
     * @param forwardedFor the values of all {@code X-Forwarded-For} headers, in order
     */
    InetAddress of(InetAddress connection, List<String> forwardedFor) {
        InetAddress client = withoutZone(connection);
        for (int header = forwardedFor.size() - 1; header >= 0 && proxies.contains(client); header--) {
            Walk walk = walk(client, forwardedFor.get(header));
            client = walk.client;
            if (walk.ended) {
                return client;
            }
        }
        return client;
    }

    private Walk walk(InetAddress start, String hops) {
        InetAddress client = start;
        int end = hops.length();
        while (end >= 0 && proxies.contains(client)) {
            int comma = hops.lastIndexOf(',', end - 1);
            String hop = hops.substring(comma + 1, end).strip();
            end = comma;
            if (hop.isEmpty()) {
                continue;
            }
            Optional<InetAddress> address = AddressLiteral.parseHop(hop);
            if (address.isEmpty()) {
                return new Walk(client, true);
            }
            client = address.get();
        }
        return new Walk(client, false);
    }

    private static InetAddress withoutZone(InetAddress address) {
        return AddressLiteral.ofBytes(address.getAddress());
    }

    /** How far the walk got in one header, and whether garbage ended it. */
    private record Walk(InetAddress client, boolean ended) {}
}
