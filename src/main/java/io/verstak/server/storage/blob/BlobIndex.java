package io.verstak.server.storage.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stored blobs, the scopes that hold them, and their sizes. The caller has stored the file before. */
public final class BlobIndex {
    private static final String USAGE = """
            SELECT COALESCE(SUM(bytes), 0) AS user_bytes,
              COALESCE(SUM(CASE WHEN scope_id = ? THEN bytes END), 0) AS scope_bytes,
              (SELECT quota_bytes FROM users WHERE id = ?) AS user_quota
            FROM (SELECT scope_id, bytes FROM blob_usage WHERE user_id = ?
              UNION ALL SELECT scope_id, length AS bytes FROM uploads WHERE user_id = ? AND state < 2) AS taken""";

    private final Database database;

    /**
     * A stored blob.
     *
     * @param size in bytes
     * @param fileTime the file's modification time when it was last known to be whole, in milliseconds since the epoch
     * @param held whether the requesting scope holds it
     */
    public record Entry(long size, long fileTime, boolean held) {}

    /**
     * Bytes stored for a scope and for all scopes of its user, with the bytes that unfinished uploads have reserved.
     *
     * @param userQuota the quota that an administrator has set for this user; null if none
     */
    public record Usage(
            long scopeBytes, long userBytes, @Nullable Long userQuota) {}

    /** Returns the largest number of bytes that may be stored. */
    public record Quota(long scopeBytes, long userBytes) {

        /** Returns the limits for a user with an own quota. */
        public Quota of(Usage usage) {
            return usage.userQuota() == null ? this : new Quota(scopeBytes, usage.userQuota());
        }

        /** Returns the free quota in bytes; negative when a quota was lowered. */
        public long room(Usage usage) {
            return Math.min(scopeBytes - usage.scopeBytes(), of(usage).userBytes() - usage.userBytes());
        }
    }

    public BlobIndex(Database database) {
        this.database = database;
    }

    /** Returns a blob as a scope sees it; empty when it is not stored. */
    public Future<Optional<Entry>> find(Scope scope, Sha256 sha256) {
        return database.read(connection -> Rows.first(
                connection,
                """
                        SELECT b.size, b.file_time, r.scope_id FROM blobs b
                        LEFT JOIN blob_refs r ON r.sha256 = b.sha256 AND r.scope_id = ? WHERE b.sha256 = ?""",
                row -> new Entry(row.getLong("size"), row.getLong("file_time"), row.getValue("scope_id") != null),
                scope.id(),
                sha256.hex()));
    }

    /** Returns those of the blobs that a scope holds. Takes only as many as fit into one statement: a few thousand. */
    public Future<Map<Sha256, Entry>> held(Scope scope, Collection<Sha256> blobs) {
        if (blobs.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        List<Object> parameters = new ArrayList<>();
        parameters.add(scope.id());
        blobs.forEach(sha256 -> parameters.add(sha256.hex()));
        String marks = Rows.marks(blobs.size());
        return database.read(connection -> connection
                .preparedQuery(
                        "SELECT b.sha256, b.size, b.file_time FROM blob_refs r JOIN blobs b ON b.sha256 = r.sha256"
                                + " WHERE r.scope_id = ? AND r.sha256 IN (" + marks + ")")
                .execute(Tuple.wrap(parameters))
                .map(BlobIndex::entries));
    }

    private static Map<Sha256, Entry> entries(RowSet<Row> rows) {
        Map<Sha256, Entry> entries = new HashMap<>();
        for (Row row : rows) {
            Entry entry = new Entry(row.getLong("size"), row.getLong("file_time"), true);
            entries.put(new Sha256(row.getString("sha256")), entry);
        }
        return entries;
    }

    /** Returns the blobs of a scope, ordered by hash. */
    public Future<List<BlobReference>> list(Scope scope, String afterHash, int most) {
        return database.read(connection -> Rows.list(
                connection,
                "SELECT sha256, size FROM blob_refs WHERE scope_id = ? AND sha256 > ? ORDER BY sha256 LIMIT ?",
                row -> new BlobReference(new Sha256(row.getString("sha256")), row.getLong("size")),
                scope.id(),
                afterHash,
                most));
    }

    public Future<Usage> usage(Scope scope) {
        return database.read(connection -> usage(connection, scope));
    }

    /** Returns the size of a scope's largest blob, in bytes. */
    public Future<Long> largest(Scope scope) {
        return database.read(connection -> Rows.only(
                connection,
                "SELECT COALESCE(MAX(size), 0) AS largest FROM blob_refs WHERE scope_id = ?",
                row -> row.getLong("largest"),
                scope.id()));
    }

    /** Fails with {@code QUOTA_EXCEEDED} when a scope or its user has no quota for this many more bytes. */
    public Future<Void> requireRoom(Scope scope, long size, Quota quota) {
        return database.read(connection -> requireRoom(connection, scope, size, quota));
    }

    /**
     * Adds a blob to a scope. A blob that the scope holds already costs nothing; fails with {@code QUOTA_EXCEEDED} when
     * a new one does not fit.
     *
     * @param fileTime the modification time of its file, which is whole
     * @param now in milliseconds since the epoch
     * @return whether it is new to the scope
     */
    public Future<Boolean> add(Scope scope, BlobReference blob, long fileTime, Quota quota, long now) {
        return database.write(connection -> putBlob(connection, blob, fileTime, now)
                .compose(stored -> isHeld(connection, scope, blob.sha256()))
                .compose(held -> held
                        ? Future.succeededFuture(false)
                        : requireRoom(connection, scope, blob.size(), quota)
                                .compose(room -> putReference(connection, scope, blob, now))
                                .compose(put -> putUsage(connection, scope, blob.size()))
                                .map(true)));
    }

    /**
     * Adds the blob of an upload with reserved quota to its scope. Fails with {@code NOT_FOUND} when the upload no
     * longer exists, its user was deleted, or another node holds its lock.
     *
     * @param expiresAt until when the upload is kept, in milliseconds since the epoch, as is {@code now}
     * @return whether it is new to the scope
     */
    public Future<Boolean> finish(StoredUpload upload, BlobReference blob, long fileTime, long now, long expiresAt) {
        Scope scope = upload.scope();
        return database.write(connection -> putBlob(connection, blob, fileTime, now)
                .compose(stored -> isHeld(connection, scope, blob.sha256()))
                .compose(held -> finished(connection, upload, expiresAt)
                        .compose(done -> held
                                ? Future.succeededFuture(false)
                                : putReference(connection, scope, blob, now)
                                        .compose(put -> putUsage(connection, scope, blob.size()))
                                        .map(true))));
    }

    private static Future<Void> finished(SqlConnection connection, StoredUpload upload, long expiresAt) {
        return Rows.update(
                        connection,
                        "UPDATE uploads SET state = 2, expires_at = ? WHERE id = ? AND lock_generation = ? AND expires_at > "
                                + StoredUpload.NEVER_WAS,
                        expiresAt,
                        upload.id(),
                        upload.generation())
                .compose(done -> done == 1
                        ? Future.succeededFuture()
                        : Future.failedFuture(new ServerException(ErrorCode.NOT_FOUND)));
    }

    private static Future<Void> putBlob(SqlConnection connection, BlobReference blob, long fileTime, long now) {
        String sql = """
                        INSERT INTO blobs (sha256, size, file_time, created_at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (sha256) DO UPDATE SET file_time = excluded.file_time,
                          unreferenced_since = NULL, damaged_since = NULL""";
        return Rows.run(connection, sql, blob.sha256().hex(), blob.size(), fileTime, now);
    }

    private static Future<Boolean> isHeld(SqlConnection connection, Scope scope, Sha256 sha256) {
        return Rows.exist(
                connection, "SELECT 1 FROM blob_refs WHERE scope_id = ? AND sha256 = ?", scope.id(), sha256.hex());
    }

    static Future<Void> requireRoom(SqlConnection connection, Scope scope, long size, Quota quota) {
        return usage(connection, scope)
                .compose(usage -> size > quota.room(usage)
                        ? Future.failedFuture(new ServerException(ErrorCode.QUOTA_EXCEEDED))
                        : Future.succeededFuture());
    }

    private static Future<Void> putReference(SqlConnection connection, Scope scope, BlobReference blob, long now) {
        return Rows.run(
                connection,
                "INSERT INTO blob_refs (scope_id, sha256, size, created_at) VALUES (?, ?, ?, ?)",
                scope.id(),
                blob.sha256().hex(),
                blob.size(),
                now);
    }

    private static Future<Void> putUsage(SqlConnection connection, Scope scope, long size) {
        String sql = """
                        INSERT INTO blob_usage (scope_id, user_id, bytes)
                        VALUES (?, COALESCE((SELECT user_id FROM scopes WHERE id = ?), ?), ?)
                        ON CONFLICT (scope_id) DO UPDATE SET bytes = blob_usage.bytes + excluded.bytes""";
        return Rows.run(connection, sql, scope.id(), scope.id(), scope.userId(), size);
    }

    private static Future<Usage> usage(SqlConnection connection, Scope scope) {
        return Rows.only(
                connection,
                USAGE,
                row -> new Usage(row.getLong("scope_bytes"), row.getLong("user_bytes"), row.getLong("user_quota")),
                scope.id(),
                scope.userId(),
                scope.userId(),
                scope.userId());
    }
}
