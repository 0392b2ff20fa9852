package io.verstak.server.torture;

import io.verstak.server.testkit.PackagedServer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power goes: what was not forced to the disk is gone. Database and blobs lie on a file system each. */
class PowerCutTortureIT {
    private static final int MOST_OPS_BETWEEN = 3000;
    private static final int MEBIBYTES = 1024;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void power_cuts_lose_nothing() throws Exception {
        int cuts = Form.cycles(20, 300);
        Random random = new Random(43);
        Path data = folder.resolve("data");
        try (LoopDisk database = LoopDisk.mount(folder.resolve("database.img"), data, MEBIBYTES);
                LoopDisk blobs = LoopDisk.mount(folder.resolve("blobs.img"), data.resolve("blobs"), MEBIBYTES);
                PackagedServer server = PackagedServer.start(data)) {
            Load load = Load.on(server);
            for (int cut = 0; cut < cuts; cut++) {
                load.awaitOps(1 + random.nextInt(MOST_OPS_BETWEEN));
                LoopDisk first = random.nextBoolean() ? database : blobs;
                load.withoutPower(() -> {
                    first.cutPower();
                    (first == blobs ? database : blobs).cutPower();
                    server.kill();
                });
                blobs.unmount();
                database.unmount();
                database.mount();
                blobs.mount();
                server.restart();
            }
            load.stop();
            load.assertNothingLost();
            Form.report("%d power cuts: %s".formatted(cuts, load.figures()));
            server.kill();
        }
    }
}
