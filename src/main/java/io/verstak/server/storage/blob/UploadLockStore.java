package io.verstak.server.storage.blob;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;

/**
 * The locks on resumable uploads that any node may continue: columns of their rows, by the clock of the database. A lock ends {@value
 * #LIFE_MILLIS} ms after its holder has last renewed it, or {@value #ASKED_MILLIS} ms after another one has asked for it.
 */
public final class UploadLockStore {
    public static final long LIFE_MILLIS = 15_000;

    /** How long a holder has to say that it is alive. */
    public static final long ASKED_MILLIS = 2_000;

    private static final String NOW = "(SELECT millis FROM database_clock)";

    private final Database database;
    private final String holder;

    /** A lock of this holder, and when it ends unless it is renewed. */
    public record Held(String uploadId, long generation, long millisLeft) {
        /** Returns whether another one has asked for it. */
        public boolean isAsked() {
            return millisLeft <= ASKED_MILLIS;
        }
    }

    /** @param holder the name of this process, which no other has or has had */
    public UploadLockStore(Database database, String holder) {
        this.database = database;
        this.holder = holder;
    }

    /** Takes a lock that is free or of this holder already. Returns its generation; empty while another one holds it. */
    public Future<Optional<Long>> take(String uploadId) {
        return take(uploadId, " AND (locked_by = ? OR locked_until <= " + NOW + ")", holder);
    }

    /** Takes a lock from whoever holds it. Empty if there is no such upload. */
    public Future<Optional<Long>> seize(String uploadId) {
        return take(uploadId, " AND ? <> ''", holder);
    }

    private Future<Optional<Long>> take(String uploadId, String condition, String value) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE uploads SET locked_by = ?, lock_generation = lock_generation + 1, locked_until = " + NOW
                                + " + ? WHERE id = ?" + condition,
                        holder,
                        LIFE_MILLIS,
                        uploadId,
                        value)
                .compose(taken -> taken == 1 ? generation(connection, uploadId) : noneOf(connection, uploadId)));
    }

    private static Future<Optional<Long>> generation(SqlConnection connection, String uploadId) {
        return Rows.first(
                connection,
                "SELECT lock_generation FROM uploads WHERE id = ?",
                row -> row.getLong("lock_generation"),
                uploadId);
    }

    /** An upload that does not exist is locked by nobody. */
    private static Future<Optional<Long>> noneOf(SqlConnection connection, String uploadId) {
        return Rows.exist(connection, "SELECT 1 FROM uploads WHERE id = ?", uploadId)
                .map(exists -> exists ? Optional.empty() : Optional.of(0L));
    }

    /** Returns whether another one holds a lock, and asks for it: unless its holder lives, it soon ends. */
    public Future<Boolean> ask(String uploadId) {
        return database.exist(
                        "SELECT 1 FROM uploads WHERE id = ? AND locked_by <> ? AND locked_until > " + NOW,
                        uploadId,
                        holder)
                .compose(held -> held
                        ? database.run(
                                        "UPDATE uploads SET locked_until = " + NOW
                                                + " + ? WHERE id = ? AND locked_by <> ?" + " AND locked_until > " + NOW
                                                + " + ?",
                                        ASKED_MILLIS,
                                        uploadId,
                                        holder,
                                        ASKED_MILLIS)
                                .map(true)
                        : Future.succeededFuture(false));
    }

    /** Returns all locks of this holder. */
    public Future<List<Held>> held() {
        return database.list(
                "SELECT u.id, u.lock_generation, u.locked_until - c.millis AS millis_left"
                        + " FROM uploads u, database_clock c WHERE u.locked_by = ?",
                row -> new Held(row.getString("id"), row.getLong("lock_generation"), row.getLong("millis_left")),
                holder);
    }

    /** Renews locks that nobody has taken meanwhile. */
    public Future<Void> renew(List<Held> locks) {
        List<Tuple> batch = locks.stream()
                .map(lock -> Tuple.of(LIFE_MILLIS, lock.uploadId(), holder, lock.generation()))
                .toList();
        return batch.isEmpty()
                ? Future.succeededFuture()
                : database.write(connection -> connection
                        .preparedQuery("UPDATE uploads SET locked_until = " + NOW
                                + " + ? WHERE id = ? AND locked_by = ? AND lock_generation = ?")
                        .executeBatch(batch)
                        .mapEmpty());
    }

    /** Gives a lock back. One that was lost changes nothing. */
    public Future<Void> release(String uploadId, long generation) {
        return database.run(
                "UPDATE uploads SET locked_by = '', locked_until = 0 WHERE id = ? AND locked_by = ? AND lock_generation = ?",
                uploadId,
                holder,
                generation);
    }
}
