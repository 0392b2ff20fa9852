package io.verstak.server.torture;

import io.verstak.server.testkit.PackagedServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power goes: what was not forced to the disk is gone. Database and blobs lie on a file system each. */
class PowerCutTortureIT {
    private static final int ROUNDS = 6;
    private static final long LONGEST_START_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);
    private static final int MEBIBYTES = 1024;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void power_cuts_lose_nothing() throws Exception {
        for (int round : Form.rounds("power-cut", ROUNDS)) {
            cuts(round, Form.cycles(7, 50), Form.cycles(3000, 900));
        }
    }

    private void cuts(int round, int cuts, int mostOpsBetween) throws Exception {
        Random random = new Random(42L + round);
        int whileStarting = 0;
        Path data = folder.resolve("data-" + round);
        try (LoopDisk database = LoopDisk.mount(folder.resolve("database-" + round + ".img"), data, MEBIBYTES);
                LoopDisk blobs =
                        LoopDisk.mount(folder.resolve("blobs-" + round + ".img"), data.resolve("blobs"), MEBIBYTES);
                PackagedServer server = PackagedServer.start(data)) {
            Load load = Load.on(server);
            for (int cut = 0; cut < cuts; cut++) {
                load.awaitOps(1 + random.nextInt(mostOpsBetween));
                cutPower(server, database, blobs, random.nextBoolean());
                if (random.nextInt(5) == 0) {
                    whileStarting++;
                    server.launchWithin(List.of());
                    LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_START_NANOS));
                    cutPower(server, database, blobs, random.nextBoolean());
                }
                server.restart();
                Form.progress("power cuts, round " + round, cut + 1, cuts);
            }
            load.stop();
            load.assertNothingLost();
            Form.reportRound(
                    "power-cut",
                    round,
                    "%d power cuts, and %d while it started: %s".formatted(cuts, whileStarting, load.figures()));
            server.kill();
        }
    }

    private static void cutPower(PackagedServer server, LoopDisk database, LoopDisk blobs, boolean databaseFirst) {
        LoopDisk.cutPower(server.pid(), databaseFirst ? database : blobs, databaseFirst ? blobs : database);
        server.kill();
        blobs.unmount();
        database.unmount();
        database.mount();
        blobs.mount();
    }
}
