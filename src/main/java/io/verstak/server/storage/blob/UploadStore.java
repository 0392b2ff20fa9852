package io.verstak.server.storage.blob;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.blob.StoredUpload.State;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Stores resumable uploads. The caller lets only one request change an upload at a time. If the bytes of an upload that is not complete
 * lie on the node that created it, only that node continues, recovers or sweeps it while it lives. If they are in a bucket, every node
 * does, and what a former holder of the upload's lock writes is passed over.
 */
public final class UploadStore {
    private static final String SELECT = """
            SELECT u.id, u.scope_id, u.user_id, COALESCE(s.vault_id, '') AS vault_id, u.device_id, u.length, u.stored,
              u.metadata, u.announced, u.blob, u.state, u.expires_at,
              u.node, u.lock_generation
            FROM uploads u LEFT JOIN scopes s ON s.id = u.scope_id WHERE\s""";

    /** The largest number of rows handled at once. */
    private static final int BATCH = 100;

    /** How soon a client that came to another node may find the right one. */
    private static final int ELSEWHERE_SECONDS = 5;

    private final Database database;
    private final String node;
    private final boolean inBucket;
    private final String mine;

    private record Found(StoredUpload upload, String node) {}

    /**
     * @param node the name of this node; empty if there is only one
     * @param inBucket whether the bytes of uploads are where every node finds them
     */
    public UploadStore(Database database, String node, boolean inBucket) {
        this.database = database;
        this.node = inBucket ? "" : node;
        this.inBucket = inBucket;
        this.mine = database.isShared() ? "u.node = ?" : "u.node IN ('', ?)";
    }

    /**
     * Adds an upload. Fails with {@code RATE_LIMITED} when its device has too many open, and with {@code UNAUTHORIZED}
     * when its user was deleted.
     *
     * @param room the quotas that must hold its length, or it fails with {@code QUOTA_EXCEEDED}; empty when the upload
     *     costs its scope nothing
     */
    public Future<Void> create(StoredUpload upload, int maxOpen, Optional<BlobIndex.Quota> room) {
        return database.write(connection -> requireFew(connection, upload, maxOpen)
                .compose(few -> room.isEmpty()
                        ? Future.succeededFuture()
                        : BlobIndex.requireRoom(connection, upload.scope(), upload.length(), room.get()))
                .compose(fits -> insert(connection, upload, node)));
    }

    private static Future<Void> requireFew(SqlConnection connection, StoredUpload upload, int maxOpen) {
        return Rows.only(
                        connection,
                        "SELECT (SELECT COUNT(*) FROM users WHERE id = ?) AS owners,"
                                + " (SELECT COUNT(*) FROM uploads WHERE device_id = ? AND state < 2) AS open_uploads",
                        Function.identity(),
                        upload.scope().userId(),
                        upload.deviceId())
                .compose(counts -> {
                    if (counts.getLong("owners") == 0) {
                        return Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED));
                    }
                    return counts.getLong("open_uploads") < maxOpen
                            ? Future.succeededFuture()
                            : Future.failedFuture(new ServerException(
                                    ErrorCode.RATE_LIMITED, "Too many unfinished uploads; finish or delete some."));
                });
    }

    /** Expires the uploads of a user who is deleted in this transaction; the sweeper removes them with their files. */
    public static Future<Void> endAll(SqlConnection connection, String userId) {
        return Rows.run(
                connection, "UPDATE uploads SET expires_at = " + StoredUpload.NEVER_WAS + " WHERE user_id = ?", userId);
    }

    /** Expires the uploads of a vault that is removed in this transaction, and counts them for nobody. */
    public static Future<Void> endAllOf(SqlConnection connection, long scopeId, String nobody) {
        return Rows.run(
                connection,
                "UPDATE uploads SET user_id = ?, expires_at = " + StoredUpload.NEVER_WAS + " WHERE scope_id = ?",
                nobody,
                scopeId);
    }

    private static Future<Void> insert(SqlConnection connection, StoredUpload upload, String node) {
        return Rows.run(
                connection,
                """
                        INSERT INTO uploads (id, scope_id, user_id, device_id, length, stored, metadata, announced, blob,
                          state, expires_at, node)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                upload.id(),
                upload.scope().id(),
                upload.scope().userId(),
                upload.deviceId(),
                upload.length(),
                upload.stored(),
                upload.metadata(),
                hex(upload.announced()),
                hex(upload.blob()),
                upload.state().number(),
                upload.expiresAt(),
                node);
    }

    /**
     * Returns a scope's upload; empty when there is none, it has expired, or its bytes are lost with their node. Fails with {@code
     * UPLOAD_LOCKED} if its bytes are on another node.
     */
    public Future<Optional<StoredUpload>> find(Scope scope, String id, long now) {
        return found("u.id = ? AND u.scope_id = ? AND u.expires_at > ?", id, scope.id(), now)
                .compose(found -> found.isEmpty() ? Future.succeededFuture(Optional.empty()) : here(found.get(0)));
    }

    /** Returns an upload of any scope, even if it has expired. */
    public Future<Optional<StoredUpload>> again(String id) {
        return select("u.id = ?", id).map(found -> found.stream().findFirst());
    }

    private Future<Optional<StoredUpload>> here(Found found) {
        if (inBucket
                && !found.upload().isFinished()
                && !found.node().isEmpty()
                && found.upload().stored() > 0) {
            // Its bytes are still on the disk of a node, which gives them to the bucket.
            return Future.failedFuture(ServerException.retryAfter(ErrorCode.UPLOAD_LOCKED, ELSEWHERE_SECONDS));
        }
        if (inBucket
                || found.upload().isFinished()
                || (found.node().isEmpty() && !database.isShared())
                || found.node().equals(node)) {
            return Future.succeededFuture(Optional.of(found.upload()));
        }
        return database.exist("SELECT 1 FROM nodes WHERE name = ? AND " + NodeStore.ALIVE, found.node())
                .compose(alive -> alive
                        ? Future.failedFuture(ServerException.retryAfter(ErrorCode.UPLOAD_LOCKED, ELSEWHERE_SECONDS))
                        : Future.succeededFuture(Optional.empty()));
    }

    /** Returns some expired uploads, those of nodes that are gone too. */
    public Future<List<StoredUpload>> expired(long now) {
        return inBucket
                ? select("u.expires_at <= ? ORDER BY u.expires_at LIMIT " + BATCH, now)
                : select(
                        "u.expires_at <= ? AND (" + mine + " OR u.node NOT IN (SELECT name FROM nodes WHERE "
                                + NodeStore.ALIVE + ")) ORDER BY u.expires_at LIMIT " + BATCH,
                        now,
                        node);
    }

    /** Returns all uploads that have, or may have, a file on this node; if their bytes are in a bucket, all that are not finished. */
    public Future<List<StoredUpload>> pending() {
        return inBucket
                ? select("u.state < 2 ORDER BY u.id")
                : select("u.state < 2 AND " + mine + " ORDER BY u.id", node);
    }

    /** Returns the uploads of no node: those that were moved from a server with one. Their files lie where they did. */
    public Future<List<StoredUpload>> unclaimed() {
        return database.isShared() && !inBucket
                ? select("u.state < 2 AND u.node = '' ORDER BY u.id")
                : Future.succeededFuture(List.of());
    }

    /** Makes those of these uploads that are of no node, and whose files are here, this node's. */
    public Future<Void> claim(Collection<String> ids) {
        return database.isShared() && !ids.isEmpty()
                ? database.write(connection -> ids.stream()
                        .reduce(
                                Future.<Void>succeededFuture(),
                                (before, id) -> before.compose(done -> Rows.run(
                                        connection,
                                        "UPDATE uploads SET node = ? WHERE node = '' AND id = ?",
                                        node,
                                        id)),
                                (one, other) -> other))
                : Future.succeededFuture();
    }

    /** Records that this many bytes are durable; never lowers the number. */
    public Future<Void> keep(StoredUpload upload, long stored, long expiresAt) {
        return update(
                "UPDATE uploads SET stored = ?, expires_at = ? WHERE id = ? AND lock_generation = ? AND stored <= ? AND state = 0"
                        + " AND expires_at > " + StoredUpload.NEVER_WAS,
                stored,
                expiresAt,
                upload.id(),
                upload.generation(),
                stored);
    }

    /** Records the digest of a complete and durable upload: from now on it needs no client to be finished. */
    public Future<Void> seal(StoredUpload upload, Sha256 blob) {
        return update(
                "UPDATE uploads SET stored = length, blob = ?, state = 1 WHERE id = ? AND lock_generation = ? AND state = 0",
                blob.hex(),
                upload.id(),
                upload.generation());
    }

    /**
     * Records that the client sends a blob that the scope holds already, to this node. Fails with {@code UPLOAD_LOCKED} if another one
     * was faster.
     */
    public Future<Void> reopen(StoredUpload upload) {
        return database.update(
                        "UPDATE uploads SET stored = 0, blob = '', state = 0, node = ? WHERE id = ? AND lock_generation = ? AND state = 3",
                        node,
                        upload.id(),
                        upload.generation())
                .compose(reopened -> reopened == 1
                        ? Future.succeededFuture()
                        : Future.failedFuture(new ServerException(ErrorCode.UPLOAD_LOCKED)));
    }

    /** Deletes an upload. Returns false, without a change, if another node has locked it since it was read. */
    public Future<Boolean> remove(StoredUpload upload) {
        return database.update(
                        "DELETE FROM uploads WHERE id = ? AND lock_generation = ?", upload.id(), upload.generation())
                .map(removed -> removed == 1);
    }

    private Future<Void> update(String sql, Object... values) {
        return database.write(connection -> Rows.run(connection, sql, values));
    }

    private Future<List<StoredUpload>> select(String condition, Object... values) {
        return found(condition, values)
                .map(all -> all.stream().map(Found::upload).toList());
    }

    private Future<List<Found>> found(String condition, Object... values) {
        return database.list(SELECT + condition, row -> new Found(upload(row), row.getString("node")), values);
    }

    private static StoredUpload upload(Row row) {
        return new StoredUpload(
                row.getString("id"),
                new Scope(row.getLong("scope_id"), row.getString("user_id"), row.getString("vault_id")),
                row.getString("device_id"),
                row.getLong("length"),
                row.getLong("stored"),
                row.getString("metadata"),
                Sha256.parse(row.getString("announced")),
                Sha256.parse(row.getString("blob")),
                State.of(row.getInteger("state")),
                row.getLong("expires_at"),
                row.getLong("lock_generation"));
    }

    private static String hex(Optional<Sha256> sha256) {
        return sha256.map(Sha256::hex).orElse("");
    }
}
