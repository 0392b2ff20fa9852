package io.verstak.server.torture;

import io.verstak.server.testkit.PackagedServer;
import java.util.List;

/** A server, or several behind one address, as the clients of a load see it. */
public interface Target {
    /** Asked for each connection; any thread. */
    int port();

    /** Whether it is to be waited for. */
    boolean isAlive();

    /** What it has printed, for who wonders why nothing goes on. */
    List<String> lines();

    static Target of(PackagedServer server) {
        return new Target() {
            @Override
            public int port() {
                return server.port();
            }

            @Override
            public boolean isAlive() {
                return server.isAlive();
            }

            @Override
            public List<String> lines() {
                return server.lines();
            }
        };
    }
}
