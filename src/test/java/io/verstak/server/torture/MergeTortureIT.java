package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.PackagedServer.Result;
import io.verstak.server.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed while it writes and merges the runs of keys, and merges small chunks. */
class MergeTortureIT {
    private static final int ROUNDS = 3;
    private static final long LONGEST_SEAL_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final long LONGEST_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    /** In the long form the whole database is checked after so many kills, too, and not only in the end. */
    private static final int KILLS_BETWEEN_CHECKS = 10;

    /** How often a merge may have ended before it was killed, which depends on what else the machine does. */
    private static final int MOST_LATE = 5;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** What the server is to be doing when it is killed. */
    private enum Moment {
        /** The keys of the past become runs, within the first push. */
        SEALING,
        /** Eight runs and more become one. */
        MERGING,
        /** The parts of merged runs are deleted. */
        SWEEPING,
        /** Small chunks have just become one. */
        PACKING;

        static final List<Moment> ALL = List.of(values());

        /** Returns whether the moment after it is one of a merge that has not ended. */
        boolean isBeforeMerges() {
            return this == PACKING || this == SEALING;
        }
    }

    @Test
    void kills_while_runs_and_chunks_are_merged_lose_nothing() throws Exception {
        for (int round : Form.rounds("merge", ROUNDS)) {
            kills(round, Form.cycles(Moment.ALL.size(), 60));
        }
    }

    private void kills(int round, int kills) throws Exception {
        Random random = new Random(43L + round);
        Path data = folder.resolve("data-" + round);
        Map<Moment, Integer> met = new EnumMap<>(Moment.class);
        int merging = 0;
        try (PackagedServer server = PackagedServer.start(data)) {
            Past past = Past.make(server, data);
            server.restart();
            Load load = Load.onPast(server, past);
            long lastPart = 0;
            for (int kill = 0; kill < kills; kill++) {
                Moment moment = Moment.ALL.get(kill % Moment.ALL.size());
                RunsWatch.Seen left = killed(server, moment, data, lastPart, random);
                for (int late = 0; moment == Moment.MERGING && !left.isMerging() && late < MOST_LATE; late++) {
                    removeRuns(data);
                    server.restart();
                    left = killed(server, moment, data, 0, random);
                }
                met.merge(moment, 1, Integer::sum);
                merging += left.isMerging() ? 1 : 0;
                lastPart = Math.max(left.newest(), left.lastPart());
                if (Form.isLong() && kill % KILLS_BETWEEN_CHECKS == 0) {
                    assertSound(data);
                }
                if (left.isMerged() && moment.isBeforeMerges()) {
                    removeRuns(data);
                    lastPart = 0;
                }
                server.restart();
                Form.progress("kills of merges, round " + round, kill + 1, kills);
            }
            load.stop();
            load.assertNothingLost();
            server.kill();
            assertSound(data);
            Form.reportRound(
                    "merge",
                    round,
                    "%d kills, %s, of which %d have left a run that was being merged, over a past of %d ops: %s"
                            .formatted(kills, met, merging, Past.OPS, load.figures()));
        }
        assertThat(merging).isPositive();
    }

    /** Kills the server within a moment that it waits for; says what is left. */
    private RunsWatch.Seen killed(PackagedServer server, Moment moment, Path data, long lastPart, Random random)
            throws Exception {
        await(moment, data, lastPart);
        LockSupport.parkNanos(
                (long) (random.nextDouble() * (moment == Moment.SEALING ? LONGEST_SEAL_NANOS : LONGEST_STEP_NANOS)));
        server.kill();
        return RunsWatch.left(data, folder);
    }

    /** The next kills need runs again, which are made of the chunks. */
    private static void removeRuns(Path data) {
        TestDatabase.execute(data.resolve("server.db"), "DELETE FROM key_runs", "DELETE FROM key_parts");
    }

    /** Waits for the moment, on a server that was just started. */
    private static void await(Moment moment, Path data, long lastPart) throws SQLException {
        try (RunsWatch watch = RunsWatch.of(data)) {
            switch (moment) {
                case SEALING -> {}
                case MERGING -> watch.await(seen -> seen.isMerging() && seen.lastPart() > lastPart);
                case SWEEPING ->
                    watch.await(
                            seen -> seen.isMerged() && seen.newest() > lastPart && seen.firstPart() < seen.newest());
                case PACKING -> {
                    int[] chunks = {0};
                    watch.await(seen -> {
                        boolean packed = seen.chunks() < chunks[0];
                        chunks[0] = seen.chunks();
                        return packed;
                    });
                }
            }
        }
    }

    private static void assertSound(Path data) {
        Result verified = PackagedServer.run("", "verify", "--deep", "--data", data.toString());
        assertThat(verified.exit()).as("%s", verified).isZero();
    }
}
