package io.verstak.server.torture.nodes;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Visitor;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A node loses PostgreSQL while it cleans up: another one takes over when the lease has ended. */
final class CleanUpTakeover {
    private static final Duration LIMIT = Duration.ofSeconds(25);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final PackagedCluster cluster;

    CleanUpTakeover(PackagedCluster cluster) {
        this.cluster = cluster;
    }

    /** Cuts the node off, which stays so; returns how long it took. */
    Duration after(int cutOff, int other) throws SQLException {
        long begun;
        Visitor first = new AdminScript(() -> cluster.port(cutOff)).visitor();
        Visitor next = new AdminScript(() -> cluster.port(other)).visitor();
        try (Connection connection = cluster.postgres().connect("verstak");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // The clean-up waits here, for up to five seconds, with its lease.
            statement.execute("LOCK TABLE invitations IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Answer> asked = CompletableFuture.supplyAsync(() -> cleanUp(first));
            await(() -> !asked.isDone() && holder().startsWith("node-" + cutOff + " "));
            cluster.database(cutOff).become(Wire.State.DEAD);
            begun = System.nanoTime();
            connection.rollback();
        }
        await(() -> {
            cleanUp(next);
            return holder().startsWith("node-" + other + " ");
        });
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static Answer cleanUp(Visitor administrator) {
        try {
            return administrator.send("/admin/storage", "/admin/storage/clean-up");
        } catch (UncheckedIOException cut) {
            throw new AssertionError(cut);
        }
    }

    private String holder() {
        return String.join("", cluster.postgres().rows("SELECT holder FROM leases WHERE name = 'cleanup'"));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("nobody took over the clean-up");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
