package io.verstak.server.torture.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.history.LogOp;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Form;
import io.verstak.server.torture.Load;
import io.verstak.server.torture.Puller;
import io.verstak.server.torture.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Everything that devices and administrators do, through nginx and past it, and the judgement on what they saw. */
final class NodesLoad {
    private static final int WAIT_SECONDS = 25;
    private static final int PULSES = 4;
    private static final long AT_LAST = 100;
    /** A node looks every ten seconds; a build's machine may be slow, and a wake that is lost ends a pull after 25 seconds. */
    private static final Duration WOKEN = Duration.ofSeconds(Form.cycles(20, 12));

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final PackagedCluster cluster;
    private final Load load;
    private final List<Streamer> streamers = new ArrayList<>();
    private final List<Pulse> pulses = new ArrayList<>();
    private final List<Wait> excuses = new ArrayList<>();
    private final List<Long> served = new ArrayList<>();
    private final Revoker revoker;
    private final Blocker blocker;

    private NodesLoad(PackagedCluster cluster) {
        this.cluster = cluster;
        this.load = Load.gentle(cluster);
        for (int i = 0; i < load.scopes().size(); i++) {
            Scope scope = load.scopes().get(i);
            load.join(new Puller(scope, load.history(), 200L + i, WAIT_SECONDS));
            load.join(new Puller(scope, load.history(), 300L + i, WAIT_SECONDS));
            streamers.add(new Streamer(cluster::port, scope));
            load.join(new TusUploader(scope, load.history(), 400L + i).pace(Duration.ofMillis(300)));
            for (int pulse = 0; pulse < PULSES; pulse++) {
                pulses.add(new Pulse(scope));
            }
        }
        revoker = new Revoker(cluster, new Scope(cluster::port, "left"));
        blocker = new Blocker(cluster);
        streamers.forEach(load::join);
        pulses.forEach(load::join);
        load.join(revoker.pace(Duration.ofSeconds(1)));
        load.join(blocker.pace(Duration.ofMillis(500)));
    }

    static NodesLoad start(PackagedCluster cluster) {
        NodesLoad all = new NodesLoad(cluster);
        all.load.start();
        return all;
    }

    PackagedCluster cluster() {
        return cluster;
    }

    /** Waits until so many more ops were acknowledged. */
    void awaitOps(int more) {
        load.awaitOps(more);
    }

    void goOn(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            look();
        }
    }

    private void look() {
        load.requireWell();
        LockSupport.parkNanos(LOOK_NANOS);
    }

    /** Waits until each device that asks all the time was served after a moment, and notes how long that took. */
    void awaitServedAfter(long moment) {
        for (Pulse pulse : pulses) {
            OptionalLong millis = pulse.servedMillisAfter(moment);
            while (millis.isEmpty()) {
                look();
                millis = pulse.servedMillisAfter(moment);
            }
            served.add(millis.getAsLong());
        }
    }

    /** A node that clients reach could not know, from a moment until now, what the others have stored. */
    void excuseSince(long begun) {
        excuses.add(new Wait("", 0, begun, System.nanoTime() + WOKEN.toNanos()));
    }

    /** Ends the load, reads everything at each node, and returns the figures. */
    String judge() throws InterruptedException {
        cluster.awaitReady();
        load.awaitOps(AT_LAST);
        load.stop();
        load.assertNothingLost();
        for (Scope scope : load.scopes()) {
            sameEverywhere(scope);
        }
        WakeRules wakes = new WakeRules(
                load.history(),
                streamers.stream()
                        .flatMap(streamer -> streamer.waits().stream())
                        .toList(),
                excuses,
                WOKEN);
        assertThat(wakes.violations()).isEmpty();
        assertThat(load.gaps()).isZero();
        return "%s, %s refusals of revoked devices, %s answers to a blocked user; 0 violations; the latest wake after %s ms%s"
                .formatted(
                        load.figures(),
                        revoker.acknowledged(),
                        blocker.acknowledged(),
                        wakes.latest().toMillis(),
                        served.isEmpty() ? "" : "; served again after a kill: " + Spread.of(served));
    }

    private void sameEverywhere(Scope scope) {
        try (Device through = scope.device()) {
            List<LogOp> log = Load.log(through);
            for (int port : cluster.ports()) {
                try (Device device = new Device(() -> port, through.id(), through.token())) {
                    assertThat(Load.log(device).equals(log))
                            .as("the log of %s at each node", scope.name())
                            .isTrue();
                }
            }
        }
    }
}
