package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schema of a PostgreSQL: numbered files, each applied once. The numbers are those of the embedded database.
 *
 * <p>Nodes of two releases run side by side while they are replaced. So a step only adds, with defaults for who does not know what is
 * added; what is no longer used goes with the release after. A step that changes several tables of the log locks {@code scopes} first, as
 * pushes do, or it may have to be tried again and again.
 *
 * <p>One node upgrades; the others ask again and again whether it has, since
 * one that waited for a lock would hold up what the first one waits for. Each step is a transaction of its own, and waits
 * {@value #LOCK_MILLIS} ms for a table at most, because all who come after it wait as well: then it is tried again.
 */
final class PostgresSchema {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSchema.class);

    /** An empty database begins with this one. */
    static final int BASE = 21;

    static final List<Step> STEPS = List.of(
            step("0021_base.sql", 21),
            step("0022_nodes.sql", 22),
            step("0023_objects.sql", 23),
            step("0024_connection_codes.sql", 24),
            step("0025_shared_uploads.sql", 25),
            step("0026_incarnations.sql", 26),
            step("0027_shared_counts.sql", 27),
            step("0028_sign_in.sql", 27),
            step("0029_notices.sql", 27),
            step("0030_session_method.sql", 27),
            step("0031_console.sql", 27),
            step("0032_granted_administrators.sql", 27),
            step("0033_vault_names.sql", 27),
            step("0034_vault_deletion.sql", 27),
            step("0035_files.sql", 27),
            step("0036_sharing.sql", 27),
            step("0037_request_days.sql", 27));

    static final int CURRENT = BASE + STEPS.size() - 1;

    /** Held by the connection of the node that upgrades. It ends with the connection, and needs no table. */
    private static final long LOCK = 7236860;

    private static final long LOCK_MILLIS = 2_000;
    private static final long PAUSE_MILLIS = 1_000;
    private static final long POLL_MILLIS = 500;

    /** A dump of a large database holds its tables for long; somebody should know what a start waits for. */
    private static final int MOST_TRIES = 100;

    /** A table is in use, or a push has the lock of one table and waits for that of another. */
    private static final Set<String> IN_USE = Set.of("55P03", "40P01");

    /** An upgrade may take long, and one whose machine vanished must not hold its lock for hours. */
    private static final Map<String, String> SESSION = Map.of(
            "tcp_keepalives_idle", "10",
            "tcp_keepalives_interval", "5",
            "tcp_keepalives_count", "3");

    private static final String TABLE =
            "CREATE TABLE schema_version (version INTEGER NOT NULL, oldest_reader INTEGER NOT NULL); ";
    private static final String COLUMN =
            "ALTER TABLE schema_version ADD COLUMN oldest_reader INTEGER NOT NULL DEFAULT 0; ";
    private static final String BEGIN =
            "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = " + LOCK_MILLIS;

    private final Vertx vertx;
    private final PostgresAccess access;
    private final List<Step> steps;
    private final boolean upgrades;

    /** @param upgrades whether an older schema is upgraded; otherwise it is refused */
    PostgresSchema(Vertx vertx, PostgresAccess access, List<Step> steps, boolean upgrades) {
        this.vertx = vertx;
        this.access = access;
        this.steps = steps;
        this.upgrades = upgrades;
    }

    /**
     * What a database says of itself.
     *
     * @param version 0: it is empty
     * @param oldestReader the oldest schema whose release can use it; 0: from before releases said so
     * @param missing what must be done so that it can say both
     */
    private record Found(int version, int oldestReader, String missing) {}

    private int current() {
        return BASE + steps.size() - 1;
    }

    /** Fails with {@link StorageException} in one line for a person. */
    Future<Void> run() {
        return new PrimaryFinder(vertx, access, SESSION)
                .connect()
                .compose(connection -> look(connection, true).eventually(connection::close));
    }

    private Future<Void> look(PgConnection connection, boolean first) {
        return found(connection).compose(found -> {
            if (found.version() > current()) {
                return newer(found);
            }
            if (found.version() > 0 && found.version() < BASE) {
                return refuse("schema %s is from before the first release".formatted(found.version()));
            }
            if (found.version() == current()) {
                return Future.succeededFuture();
            }
            if (!upgrades) {
                return refuse(
                        "the schema is %s, and this release needs %s: run 'verstak-server migrate' with this configuration, or set database.migrations to auto"
                                .formatted(found.version(), current()));
            }
            return rows(connection, "SELECT pg_try_advisory_lock(" + LOCK + ")").compose(rows -> {
                if (rows.iterator().next().getBoolean(0)) {
                    return upgrade(connection);
                }
                if (first) {
                    LOG.info("another node upgrades the database; this one waits for it");
                }
                return vertx.timer(POLL_MILLIS, TimeUnit.MILLISECONDS).compose(later -> look(connection, false));
            });
        });
    }

    private Future<Void> newer(Found found) {
        int oldest = found.oldestReader() == 0 ? found.version() : found.oldestReader();
        if (oldest > current()) {
            return refuse(
                    "the database has schema %s, which a release that knows schema %s can use, and this one knows %s: install the newer release"
                            .formatted(found.version(), oldest, current()));
        }
        LOG.info(
                "the database has schema {} of a newer release, which this one can use until all nodes are replaced",
                found.version());
        return Future.succeededFuture();
    }

    /** Another node may have upgraded before this one got the lock. */
    private Future<Void> upgrade(PgConnection connection) {
        return found(connection).compose(found -> {
            Future<Void> done = Future.succeededFuture();
            int first = Math.max(found.version() + 1, BASE);
            for (int next = first; next <= current(); next++) {
                int number = next;
                Step known = steps.get(number - BASE);
                // In the transaction of the first step: a table alone would look like one of another program.
                Step step = new Step((number == first ? found.missing() : "") + known.sql(), known.oldestReader());
                done = done.compose(before ->
                                number > BASE ? requireNoOlderNode(connection, number, step) : Future.succeededFuture())
                        .compose(alone -> apply(connection, number, step, 1));
            }
            return done;
        });
    }

    /** A node that runs must be able to go on after the step. */
    private Future<Void> requireNoOlderNode(PgConnection connection, int number, Step step) {
        return rows(connection, "SELECT to_regclass('nodes') IS NULL")
                .compose(none -> none.iterator().next().getBoolean(0)
                        ? Future.succeededFuture()
                        : rows(
                                        connection,
                                        "SELECT name, address, schema FROM nodes WHERE schema < %s AND %s LIMIT 1"
                                                .formatted(step.oldestReader(), NodeStore.ALIVE))
                                .compose(older -> {
                                    if (older.size() == 0) {
                                        return Future.succeededFuture();
                                    }
                                    Row node = older.iterator().next();
                                    return refuse(
                                            "node %s at %s runs with schema %s and cannot use %s: stop the nodes of that release, or upgrade them to one with schema %s first. A node that was killed is forgotten after a minute"
                                                    .formatted(
                                                            node.getString(0),
                                                            node.getString(1),
                                                            node.getInteger(2),
                                                            number,
                                                            step.oldestReader()));
                                }));
    }

    private Future<Void> apply(PgConnection connection, int number, Step step, int tries) {
        if (tries == 1) {
            LOG.info("the database is upgraded to schema {}", number);
        }
        return rows(connection, BEGIN)
                .compose(begun -> rows(connection, step.sql()))
                .compose(applied -> rows(connection, "DELETE FROM schema_version"))
                .compose(none -> rows(
                        connection,
                        "INSERT INTO schema_version (version, oldest_reader) VALUES (%s, %s)"
                                .formatted(number, step.oldestReader())))
                .compose(noted -> rows(connection, "COMMIT"))
                .<Void>mapEmpty()
                .recover(failure -> rows(connection, "ROLLBACK")
                        .transform(undone -> again(connection, number, step, tries, failure)));
    }

    private Future<Void> again(PgConnection connection, int number, Step step, int tries, Throwable failure) {
        boolean inUse =
                failure instanceof PgException refused && IN_USE.contains(String.valueOf(refused.getSqlState()));
        if (!inUse) {
            return Future.failedFuture(failure);
        }
        if (tries == MOST_TRIES) {
            return refuse(
                    "the upgrade to schema %s waits for a table that another session uses, such as pg_dump: start again when that has ended"
                            .formatted(number));
        }
        LOG.info("the upgrade waits for a table that another session uses; it is tried again");
        return vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                .compose(later -> apply(connection, number, step, tries + 1));
    }

    private static Future<Found> found(PgConnection connection) {
        return rows(
                        connection,
                        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('schema_version') AND attnum > 0")
                .compose(columns -> {
                    if (columns.size() == 0) {
                        return Future.succeededFuture(new Found(0, 0, TABLE));
                    }
                    boolean says = StreamSupport.stream(columns.spliterator(), false)
                            .anyMatch(column -> column.getString(0).equals("oldest_reader"));
                    String missing = says ? "" : COLUMN;
                    return rows(
                                    connection,
                                    "SELECT version, " + (says ? "oldest_reader" : "0") + " FROM schema_version")
                            .map(rows -> {
                                if (rows.size() == 0) {
                                    return new Found(0, 0, missing);
                                }
                                Row row = rows.iterator().next();
                                return new Found(row.getInteger(0), row.getInteger(1), missing);
                            });
                });
    }

    private static Future<RowSet<Row>> rows(PgConnection connection, String sql) {
        return connection.query(sql).execute();
    }

    private <T> Future<T> refuse(String why) {
        return Future.failedFuture(new StorageException("%s: %s".formatted(PostgresMoveState.place(access), why)));
    }

    /**
     * One step of an upgrade.
     *
     * @param oldestReader the oldest schema whose release can still use the database after this step
     */
    record Step(String sql, int oldestReader) {}

    private static Step step(String file, int oldestReader) {
        try (InputStream stream =
                Objects.requireNonNull(PostgresSchema.class.getResourceAsStream("/db/postgresql/" + file), file)) {
            return new Step(new String(stream.readAllBytes(), StandardCharsets.UTF_8), oldestReader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
