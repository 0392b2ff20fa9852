package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases among the nodes on one database: rows that end {@value #LIFE_MILLIS} ms after their holder has last renewed them, by the
 * clock of the database. The holder counts from before it asked, by a clock of its own that nobody sets, and stops a hundredth of the
 * life earlier: the clock of the database counts whole milliseconds, and may run faster. So it stops no later than another one begins.
 */
public final class DatabaseLeases implements Leases {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLeases.class);

    static final long LIFE_MILLIS = 15_000;

    /** A lease is renewed this often in its life: one try may fail. */
    private static final int RENEWALS = 3;

    /** The share of a life by which a holder stops before its row ends: 20 times the 500 ppm by which NTP corrects a clock's rate. */
    private static final int MARGIN = 100;

    private static final String TAKE = """
            INSERT INTO leases (name, holder, generation, until)
            SELECT ?, ?, 1, millis + ? FROM database_clock WHERE true
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, generation = leases.generation + 1, until = excluded.until
              WHERE leases.until <= (SELECT millis FROM database_clock)""";

    private static final String RENEW = """
            UPDATE leases SET until = (SELECT millis FROM database_clock) + ?
            WHERE name = ? AND holder = ? AND generation = ? AND until > (SELECT millis FROM database_clock)""";

    private final Vertx vertx;
    private final Database database;
    private final String holder;
    private final long lifeMillis;
    private final Set<Held> held = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param node the name of this node, shown to administrators */
    public DatabaseLeases(Vertx vertx, Database database, String node) {
        this(vertx, database, node, LIFE_MILLIS);
    }

    DatabaseLeases(Vertx vertx, Database database, String node, long lifeMillis) {
        this.vertx = vertx;
        this.database = database;
        this.holder = node + " " + UUID.randomUUID();
        this.lifeMillis = lifeMillis;
    }

    /** Returns the node of a holder. */
    static String node(String holder) {
        return holder.substring(0, Math.max(0, holder.lastIndexOf(' ')));
    }

    /** A row of ours. The generation tells it from a later lease of the same name. */
    private final class Held implements Lease {
        private final String name;
        private final long generation;
        private final long timer;
        private volatile long endsAtNanos;
        private volatile boolean over;

        Held(String name, long generation, long askedAtNanos) {
            this.name = name;
            this.generation = generation;
            this.endsAtNanos = endOf(askedAtNanos);
            this.timer = vertx.setPeriodic(lifeMillis / RENEWALS, tick -> renew());
        }

        @Override
        public boolean isHeld() {
            return !over && System.nanoTime() - endsAtNanos < 0;
        }

        /** A try that fails says nothing: the next one may succeed until the lease has ended. */
        private void renew() {
            if (!isHeld()) {
                end();
                return;
            }
            long askedAtNanos = System.nanoTime();
            database.update(RENEW, lifeMillis, name, holder, generation)
                    .onSuccess(rows -> {
                        if (rows == 1) {
                            endsAtNanos = endOf(askedAtNanos);
                        } else {
                            end();
                        }
                    })
                    .onFailure(failure -> LOG.debug("lease {} is not renewed: {}", name, failure.getMessage()));
        }

        private void end() {
            over = true;
            held.remove(this);
            vertx.cancelTimer(timer);
        }

        @Override
        public Future<Void> release() {
            if (over) {
                return Future.succeededFuture();
            }
            end();
            return database.run(
                            "UPDATE leases SET until = 0 WHERE name = ? AND holder = ? AND generation = ?",
                            name,
                            holder,
                            generation)
                    .recover(failure -> {
                        LOG.debug("lease {} ends by itself: {}", name, failure.getMessage());
                        return Future.succeededFuture();
                    });
        }
    }

    private long endOf(long askedAtNanos) {
        return askedAtNanos + TimeUnit.MILLISECONDS.toNanos(lifeMillis - lifeMillis / MARGIN);
    }

    /** If the answer is lost, nobody holds what was taken, and it ends by itself. */
    @Override
    public Future<Optional<Lease>> take(String name) {
        if (closed) {
            return Future.succeededFuture(Optional.empty());
        }
        long askedAtNanos = System.nanoTime();
        return database.write(connection -> Rows.update(connection, TAKE, name, holder, lifeMillis)
                        .compose(rows -> rows == 1 ? generation(connection, name) : none()))
                .compose(taken -> taken.isEmpty() ? none() : hold(new Held(name, taken.get(), askedAtNanos)));
    }

    /** One that comes while this process gives back its leases goes with them. */
    private Future<Optional<Lease>> hold(Held lease) {
        held.add(lease);
        return closed ? lease.release().map(Optional.empty()) : Future.succeededFuture(Optional.of(lease));
    }

    @Override
    public Future<Void> giveBack() {
        closed = true;
        return Future.join(held.stream().map(Held::release).toList()).mapEmpty();
    }

    private static Future<Optional<Long>> generation(SqlConnection connection, String name) {
        return Rows.first(
                connection, "SELECT generation FROM leases WHERE name = ?", row -> row.getLong("generation"), name);
    }

    private static <T> Future<Optional<T>> none() {
        return Future.succeededFuture(Optional.empty());
    }
}
