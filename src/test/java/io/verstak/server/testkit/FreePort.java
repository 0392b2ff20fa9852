package io.verstak.server.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for programs that have to be told one: outside of those that the system gives to connections and to port 0. */
public final class FreePort {
    private static final int FIRST = 15_000;
    private static final int LAST = 30_000;
    private static final int TRIES = 1000;

    private FreePort() {}

    /** One on which nobody listens. */
    public static int any() throws IOException {
        IOException last = new IOException("no free port");
        for (int tries = 0; tries < TRIES; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw last;
    }
}
