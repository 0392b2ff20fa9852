package io.verstak.server.storage.blob;

import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.blob.UploadParts.Part;
import io.verstak.server.storage.blob.UploadParts.Tail;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;

/**
 * Records which bytes of resumable uploads are in a bucket. What is recorded is what an upload has: the count of its stored bytes changes
 * in the same transaction, and only for the holder of its lock.
 */
public final class UploadPartStore {
    private static final String SELECT =
            "SELECT o.upload_id, o.key, o.multipart_id, o.tail_key, o.tail_size, o.tail_etag, o.tail_sha256"
                    + " FROM upload_objects o WHERE ";

    private static final String NOT_OPEN =
            "NOT EXISTS (SELECT 1 FROM uploads u WHERE u.id = o.upload_id AND u.state < 2)";

    private final Database database;

    /** The state of an upload in the database, for those who do not serve its device. {@code stored} and {@code length} are in bytes. */
    public record Open(String uploadId, long stored, long length, long generation) {}

    public UploadPartStore(Database database) {
        this.database = database;
    }

    /** Returns what a bucket has of an upload; empty if it has nothing. */
    public Future<Optional<UploadParts>> find(String uploadId) {
        return database.read(connection -> Rows.first(connection, SELECT + "o.upload_id = ?", row -> row, uploadId)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : parts(connection, uploadId).map(parts -> Optional.of(parts(found.get(), parts)))));
    }

    private static Future<List<Part>> parts(SqlConnection connection, String uploadId) {
        return Rows.list(
                connection,
                "SELECT number, size, etag, sha256 FROM upload_parts WHERE upload_id = ? ORDER BY number",
                row -> new Part(
                        row.getInteger("number"),
                        row.getLong("size"),
                        row.getString("etag"),
                        new Sha256(row.getString("sha256"))),
                uploadId);
    }

    private static UploadParts parts(Row row, List<Part> parts) {
        String tail = row.getString("tail_key");
        return new UploadParts(
                row.getString("upload_id"),
                row.getString("key"),
                row.getString("multipart_id"),
                parts,
                tail.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Tail(
                                tail,
                                row.getLong("tail_size"),
                                row.getString("tail_etag"),
                                new Sha256(row.getString("tail_sha256")))));
    }

    /** Records which node alone has the bytes of an upload; empty if none has them alone any more. */
    public Future<Void> onDiskOf(String uploadId, String node) {
        return database.run("UPDATE uploads SET node = ? WHERE id = ?", node, uploadId);
    }

    /** Returns an upload that is not finished. */
    public Future<Optional<Open>> open(String uploadId) {
        return database.first(
                "SELECT stored, length, lock_generation FROM uploads WHERE id = ? AND state < 2",
                row -> new Open(uploadId, row.getLong("stored"), row.getLong("length"), row.getLong("lock_generation")),
                uploadId);
    }

    /**
     * Records that the bytes of an upload go into parts. Fails with {@code UPLOAD_LOCKED} if another process holds its lock.
     *
     * @param generation of the lock
     */
    public Future<Void> begin(String uploadId, long generation, String key, String multipartId) {
        String sql = """
                        INSERT INTO upload_objects (upload_id, key, multipart_id, tail_key, tail_size, tail_etag, tail_sha256)
                        VALUES (?, ?, ?, '', 0, '', '')
                        ON CONFLICT (upload_id) DO UPDATE SET key = excluded.key, multipart_id = excluded.multipart_id""";
        return database.write(connection -> Rows.exist(
                        connection,
                        "SELECT 1 FROM uploads WHERE id = ? AND state < 2 AND lock_generation = ?",
                        uploadId,
                        generation)
                .compose(held -> held
                        ? Rows.run(connection, sql, uploadId, key, multipartId)
                        : ErrorCode.UPLOAD_LOCKED.refuse()));
    }

    /**
     * Records bytes that the bucket has got, after those that are recorded. The tail that was there goes. Fails with {@code
     * UPLOAD_LOCKED}, without a change, if another process holds the lock.
     *
     * @param generation of the lock
     * @param tail whose intent goes
     * @param fresh parts that are not recorded yet
     * @param stored how many bytes the upload has with them
     */
    public Future<Void> record(String uploadId, long generation, List<Part> fresh, Optional<Tail> tail, long stored) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE uploads SET stored = ? WHERE id = ? AND state < 2 AND lock_generation = ? AND stored <= ?",
                        stored,
                        uploadId,
                        generation,
                        stored)
                .compose(held -> held == 1 ? Future.succeededFuture() : ErrorCode.UPLOAD_LOCKED.refuse())
                .compose(held -> add(connection, uploadId, fresh))
                .compose(added -> deleteLater(connection, "tail_key", uploadId))
                .compose(queued -> putTail(connection, uploadId, tail))
                .compose(put -> Rows.run(
                        connection,
                        "DELETE FROM object_intents WHERE key = ?",
                        tail.map(Tail::key).orElse(""))));
    }

    private static Future<Void> add(SqlConnection connection, String uploadId, List<Part> fresh) {
        Future<Void> added = Future.succeededFuture();
        for (Part part : fresh) {
            added = added.compose(before -> Rows.run(
                    connection,
                    "INSERT INTO upload_parts (upload_id, number, size, etag, sha256) VALUES (?, ?, ?, ?, ?)",
                    uploadId,
                    part.number(),
                    part.size(),
                    part.etag(),
                    part.sha256().hex()));
        }
        return added;
    }

    private static Future<Void> putTail(SqlConnection connection, String uploadId, Optional<Tail> tail) {
        String sql = """
                        INSERT INTO upload_objects (upload_id, key, multipart_id, tail_key, tail_size, tail_etag, tail_sha256)
                        VALUES (?, '', '', ?, ?, ?, ?)
                        ON CONFLICT (upload_id) DO UPDATE SET tail_key = excluded.tail_key, tail_size = excluded.tail_size,
                          tail_etag = excluded.tail_etag, tail_sha256 = excluded.tail_sha256""";
        return Rows.run(
                connection,
                sql,
                uploadId,
                tail.map(Tail::key).orElse(""),
                tail.map(Tail::size).orElse(0L),
                tail.map(Tail::etag).orElse(""),
                tail.map(Tail::sha256).map(Sha256::hex).orElse(""));
    }

    /** Queues the object that a column names, unless it holds a blob. */
    private static Future<Void> deleteLater(SqlConnection connection, String column, String uploadId) {
        return Rows.run(
                connection,
                "INSERT INTO object_deletions (key, not_before) SELECT o." + column + ", c.millis"
                        + " FROM upload_objects o, database_clock c WHERE o.upload_id = ? AND o." + column + " <> ''"
                        + " AND NOT EXISTS (SELECT 1 FROM objects b WHERE b.key = o." + column + ")"
                        + " ON CONFLICT (key) DO NOTHING",
                uploadId);
    }

    /** Forgets the bytes of an upload that has ended. Its objects are deleted later, but for one that holds a blob. */
    public Future<Void> end(String uploadId) {
        return database.write(connection -> deleteLater(connection, "key", uploadId)
                .compose(queued -> deleteLater(connection, "tail_key", uploadId))
                .compose(queued -> Rows.run(connection, "DELETE FROM upload_parts WHERE upload_id = ?", uploadId))
                .compose(gone -> Rows.run(connection, "DELETE FROM upload_objects WHERE upload_id = ?", uploadId)));
    }

    /** Returns bytes whose uploads have ended: a crash has left them. */
    public Future<List<UploadParts>> leftovers(int limit) {
        return database.list(SELECT + NOT_OPEN + " ORDER BY o.upload_id LIMIT ?", row -> parts(row, List.of()), limit);
    }

    /** Returns the number of uploads with bytes in the bucket. */
    public Future<Integer> count() {
        return database.only("SELECT COUNT(*) AS n FROM upload_objects", row -> row.getInteger("n"));
    }
}
