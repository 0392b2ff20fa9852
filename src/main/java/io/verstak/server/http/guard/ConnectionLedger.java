package io.verstak.server.http.guard;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Counts open connections, in total and by remote address, over all event loops of a listener. */
final class ConnectionLedger {
    private static final int IPV6_BYTES = 16;
    private static final int IPV6_SITE_BYTES = 8;

    private final int maxPerAddress;
    private final int maxTotal;
    private final Predicate<InetAddress> exempt;
    private final AtomicInteger total = new AtomicInteger();
    private final ConcurrentHashMap<ByteBuffer, Integer> byAddress = new ConcurrentHashMap<>();

    ConnectionLedger(TransportLimits limits, Predicate<InetAddress> exempt) {
        this.maxPerAddress = limits.connectionsPerAddress();
        this.maxTotal = limits.connections();
        this.exempt = exempt;
    }

    /** Counts a connection unless a limit is reached. Each true requires one {@link #leave} of the same address. */
    boolean tryEnter(InetAddress address) {
        if (total.incrementAndGet() > maxTotal) {
            total.decrementAndGet();
            return false;
        }
        boolean entered = exempt.test(address) || enter(site(address));
        if (!entered) {
            total.decrementAndGet();
        }
        return entered;
    }

    void leave(InetAddress address) {
        total.decrementAndGet();
        if (!exempt.test(address)) {
            byAddress.computeIfPresent(site(address), (site, open) -> open == 1 ? null : open - 1);
        }
    }

    int total() {
        return total.get();
    }

    /** Returns the number of addresses with open connections. */
    int addresses() {
        return byAddress.size();
    }

    private boolean enter(ByteBuffer site) {
        boolean[] entered = new boolean[1];
        byAddress.compute(site, (key, open) -> {
            int before = open == null ? 0 : open;
            entered[0] = before < maxPerAddress;
            return entered[0] ? before + 1 : before;
        });
        return entered[0];
    }

    /** The owner of an IPv6 address usually owns its whole /64. */
    private static ByteBuffer site(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes.length == IPV6_BYTES ? Arrays.copyOf(bytes, IPV6_SITE_BYTES) : bytes);
    }
}
