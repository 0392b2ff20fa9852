package io.verstak.bench.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Finding a free port on the loopback interface, and waiting for a child to listen on it. */
public final class Loopback {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(5);

    private Loopback() {}

    public static InetSocketAddress freeAddress() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
            return new InetSocketAddress(loopback, socket.getLocalPort());
        }
    }

    /**
     * Returns when the condition holds; fails with the child's output when it ends before that, or takes too long.
     */
    public static void await(ChildJvm child, BooleanSupplier condition) throws IOException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (!child.isAlive() || System.nanoTime() - start > START_PATIENCE.toNanos()) {
                throw new IOException("a child did not become ready: " + child.output());
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
    }
}
