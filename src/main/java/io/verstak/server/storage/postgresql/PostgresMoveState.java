package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveMark;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.Optional;

/** What a server must know of moves before it uses a database. */
final class PostgresMoveState {
    /** A move holds it as long as it runs. */
    private static final long LOCK = 7236862;

    private static final int MOST_TRIES = 20;

    private PostgresMoveState() {}

    /** Fails with {@link StorageException} in one line for a person while data is moved into or out of the database, and after it was moved away. */
    static Future<Void> requireNone(Pool pool, PostgresAccess access) {
        String place = place(access);
        return pool.withTransaction(connection -> connection
                .query("SELECT pg_try_advisory_xact_lock_shared(" + LOCK + ")")
                .execute()
                .compose(locked -> locked.iterator().next().getBoolean(0)
                        ? Future.succeededFuture()
                        : Future.failedFuture(running(place)))
                .compose(free -> connection
                        .query("SELECT value FROM upkeep WHERE name = '" + MoveMark.NAME + "'")
                        .execute())
                .map(rows -> {
                    MoveMark.requireNone(
                            rows.size() == 0
                                    ? Optional.empty()
                                    : Optional.of(
                                            MoveMark.of(rows.iterator().next().getString(0))),
                            place);
                    return null;
                }));
    }

    /** Takes the lock of a move for as long as the connection lives. The lock of a killed move is released a moment later. */
    static void lock(MoveConnection connection, PostgresAccess access) {
        for (int tries = 0; connection.number("SELECT pg_try_advisory_lock(" + LOCK + ")") == 0; tries++) {
            if (tries == MOST_TRIES) {
                throw running(place(access));
            }
            connection.run("SELECT pg_sleep(0.1)");
        }
    }

    static String place(PostgresAccess access) {
        return "database.url " + access.url();
    }

    private static StorageException running(String place) {
        return new StorageException(
                "%s: verstak-server move works on this database now; wait until it has ended".formatted(place));
    }
}
