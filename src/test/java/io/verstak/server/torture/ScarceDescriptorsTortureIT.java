package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand connections to a process that may have 256 files open. */
class ScarceDescriptorsTortureIT {
    private static final int CONNECTIONS = 1000;
    private static final int OPS = 300;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void more_connections_than_descriptors_are_survived() throws Exception {
        try (PackagedServer server =
                PackagedServer.startWithin(List.of("prlimit", "--nofile=256"), "", folder.resolve("data"))) {
            Load load = Load.on(server);
            load.awaitOps(OPS);
            List<Http> idle = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                try {
                    idle.add(Http.connect(server.port()));
                } catch (IOException refused) {
                    // The system's queue of connections is full: as many as can be are open.
                    break;
                }
            }
            assertThat(idle).hasSizeGreaterThan(256);
            for (Http http : idle) {
                http.close();
            }
            load.awaitOps(OPS);
            assertThat(Http.once(server.port(), Request.get("/readyz")).status())
                    .isEqualTo(200);
            load.stop();
            load.assertNothingLost();
            Form.report("256 descriptors, %d connections: %s".formatted(idle.size(), load.figures()));
        }
    }
}
