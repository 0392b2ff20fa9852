package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.data.DataCopy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed at any moment, again and again, on top of a long log. */
class KillTortureIT {
    private static final int ROUNDS = 5;
    private static final int PAST = 1_000_000;
    private static final Duration READY = Duration.ofSeconds(5);
    private static final long LONGEST_START_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void kills_at_random_moments_lose_nothing() throws Exception {
        int[] rounds = Form.rounds("kill", ROUNDS);
        Path past = LongLog.make(folder.resolve("past"), Form.cycles(0, PAST));
        for (int round : rounds) {
            DataCopy.copy(past, folder.resolve("data-" + round));
            kills(round, Form.cycles(9, 100), Form.cycles(3000, 900));
        }
    }

    private void kills(int round, int kills, int mostOpsBetween) throws Exception {
        Random random = new Random(41L + round);
        List<Duration> ready = new ArrayList<>();
        int whileStarting = 0;
        try (PackagedServer server = PackagedServer.start(folder.resolve("data-" + round))) {
            Load load = Load.onUser(server);
            for (int kill = 0; kill < kills; kill++) {
                load.awaitOps(1 + random.nextInt(mostOpsBetween));
                server.kill();
                if (random.nextInt(5) == 0) {
                    whileStarting++;
                    server.launchWithin(List.of());
                    LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_START_NANOS));
                    server.kill();
                }
                ready.add(restart(server));
                Form.progress("kills, round " + round, kill + 1, kills);
            }
            load.stop();
            load.assertNothingLost();
            List<Duration> quiet = new ArrayList<>();
            for (int start = Form.cycles(1, 5); start > 0; start--) {
                server.kill();
                quiet.add(restart(server));
            }
            Form.reportRound(
                    "kill",
                    round,
                    "%d kills, and %d while it started: %s; ready over %d ops after %s with clients, %s without"
                            .formatted(
                                    kills,
                                    whileStarting,
                                    load.figures(),
                                    Form.cycles(0, PAST) + load.acknowledgedOps(),
                                    spread(ready),
                                    spread(quiet)));
            if (Form.isLong()) {
                assertThat(quiet).allMatch(took -> took.compareTo(READY) <= 0);
            }
        }
    }

    private static Duration restart(PackagedServer server) {
        long begun = System.nanoTime();
        server.restart();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static String spread(List<Duration> times) {
        long[] millis = times.stream().mapToLong(Duration::toMillis).sorted().toArray();
        return "%d ms in the middle, %d at most".formatted(millis[millis.length / 2], millis[millis.length - 1]);
    }
}
