package io.verstak.server.torture.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.OwnPostgres;
import io.verstak.server.torture.Form;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes on one PostgreSQL and one bucket, behind nginx. Under load each node is killed again and again, then PostgreSQL and the
 * bucket are taken away, then a node loses its network: nothing acknowledged is lost, and nobody waits for long.
 */
class NodesTortureIT {
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(5);
    private static final Duration BETWEEN_STORMS = Duration.ofMillis(150);
    private static final String TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** What is done to nodes; returns what it was. */
    private interface Part {
        String run(PackagedCluster cluster) throws Exception;
    }

    /** What is done while everybody works. */
    private interface Attack {
        String run(NodesLoad load) throws Exception;
    }

    /** In the long form each part has nodes of its own, and is judged separately. */
    @Test
    void nodes_database_bucket_and_network_fail_under_load_and_nothing_is_lost() throws Exception {
        if (Form.isLong()) {
            part("nodes-kills", true, cluster -> judged(cluster, load -> kills(load, Duration.ofMinutes(10))));
            part("nodes-round-robin", false, cluster -> judged(cluster, load -> kills(load, Duration.ofMinutes(3))));
            part("nodes-outages", true, cluster -> judged(cluster, NodesTortureIT::outages));
            part("nodes-network", false, cluster -> judged(cluster, NodesTortureIT::network));
            part("nodes-figures", true, NodesTortureIT::figures);
        } else {
            part("nodes", true, NodesTortureIT::inShort);
        }
    }

    private static String inShort(PackagedCluster cluster) throws Exception {
        return figures(cluster)
                + "; "
                + judged(cluster, load -> {
                    String sticky = kills(load, Duration.ZERO);
                    cluster.front().start(false);
                    return sticky + "; by round robin " + kills(load, Duration.ZERO) + "; " + outages(load);
                });
    }

    private void part(String name, boolean sticky, Part part) throws Exception {
        for (int round : Form.rounds(name, 1)) {
            try (PackagedCluster cluster = PackagedCluster.start(Files.createDirectory(folder.resolve(name)), sticky)) {
                Form.reportRound(name, round, name + ": " + part.run(cluster));
            }
        }
    }

    private static String judged(PackagedCluster cluster, Attack attack) throws Exception {
        NodesLoad load = NodesLoad.start(cluster);
        String done = attack.run(load);
        return done + ": " + load.judge();
    }

    private static String figures(PackagedCluster cluster) throws Exception {
        List<Spread> wakes = new WakeTimes(cluster).measure(Form.cycles(20, 1000));
        try (RevocationRounds rounds = new RevocationRounds(cluster)) {
            int tries = Form.cycles(20, 10_000);
            int sessions = Form.cycles(2, 200);
            int ofDevices = rounds.devices(tries);
            int ofSessions = rounds.sessions(sessions);
            Spread waits = rounds.waits(Form.cycles(3, 100));
            assertThat(ofDevices + ofSessions)
                    .as("revoked and accepted elsewhere")
                    .isZero();
            return "a wait at one node is woken %s after the answer of a push to another, %s after its request; "
                            .formatted(wakes.get(0), wakes.get(1))
                    + "%s tries of revoked devices and %s ended sessions at other nodes, in half of them deaf: 0 accepted; "
                            .formatted(tries, sessions)
                    + "their streams and waits end after " + waits;
        }
    }

    /** Kills one node after the other for so long, at least one, and starts it again at once. */
    private static String kills(NodesLoad load, Duration time) {
        PackagedCluster cluster = load.cluster();
        long end = System.nanoTime() + time.toNanos();
        int kills = 0;
        do {
            if (!Form.isLong()) {
                cluster.awaitReady();
            }
            long at = System.nanoTime();
            cluster.kill(kills % PackagedCluster.NODES);
            kills++;
            if (Form.isLong()) {
                load.goOn(BETWEEN_KILLS);
            }
            load.awaitServedAfter(at);
            Form.progress("kills of nodes", kills, (int) time.dividedBy(BETWEEN_KILLS));
        } while (System.nanoTime() < end);
        cluster.awaitReady();
        if (!Form.isLong()) {
            return kills + " kills";
        }
        List<Spread> wakes = new WakeTimes(cluster).measure(500);
        return "%s kills; under load a wait at one node is woken %s after the answer of a push to another"
                .formatted(kills, wakes.get(0));
    }

    private static String outages(NodesLoad load) {
        OwnPostgres postgres = load.cluster().postgres();
        int restarts = Form.cycles(1, 5);
        for (int restart = 0; restart < restarts; restart++) {
            for (OwnPostgres.Stop how : OwnPostgres.Stop.values()) {
                load.awaitOps(Form.cycles(20, 1000));
                postgres.stop(how);
                postgres.restart();
            }
            Form.progress("restarts of PostgreSQL", restart + 1, restarts);
        }
        int storms = Form.cycles(3, 200);
        for (int storm = 0; storm < storms; storm++) {
            postgres.execute(TERMINATE);
            load.goOn(BETWEEN_STORMS);
            if (storm % 20 == 0) {
                load.awaitOps(20);
            }
        }
        List<Wire.State> ways = Form.isLong()
                ? List.of(Wire.State.CLOSED, Wire.State.DEAD, Wire.State.ONE_WAY)
                : List.of(Wire.State.CLOSED);
        for (Wire.State state : ways) {
            load.awaitOps(Form.cycles(20, 1000));
            load.cluster().objects().become(state);
            load.goOn(Duration.ofSeconds(Form.cycles(1, 15)));
            // Pushes and pulls need no bucket.
            load.awaitOps(20);
            load.cluster().objects().become(Wire.State.OPEN);
        }
        return "%s restarts of PostgreSQL, half of them as crashes, all its sessions ended %s times, the bucket away in %s ways"
                .formatted(2 * restarts, storms, ways.size());
    }

    /** A node loses PostgreSQL in several ways while clients still reach it, once with a lease. */
    private static String network(NodesLoad load) throws Exception {
        PackagedCluster cluster = load.cluster();
        int seconds = 25;
        List<Wire.State> ways = List.of(Wire.State.DEAD, Wire.State.ONE_WAY, Wire.State.DEAF, Wire.State.CLOSED);
        for (Wire.State state : ways) {
            long begun = System.nanoTime();
            cluster.database(1).become(state);
            load.goOn(Duration.ofSeconds(seconds));
            load.awaitOps(20);
            heal(load, begun);
        }
        long begun = System.nanoTime();
        Duration taken = new CleanUpTakeover(cluster).after(2, 0);
        heal(load, begun);
        return "a node without PostgreSQL in 4 ways for %s s each, and once within a clean-up, which another one took over after %s s"
                .formatted(seconds, taken.toSeconds());
    }

    private static void heal(NodesLoad load, long begun) {
        for (int node = 0; node < PackagedCluster.NODES; node++) {
            load.cluster().database(node).become(Wire.State.OPEN);
        }
        load.excuseSince(begun);
        load.cluster().awaitReady();
        load.awaitOps(Form.cycles(20, 500));
    }
}
