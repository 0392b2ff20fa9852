package io.verstak.server.storage.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.MaintenanceStore;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The objects of a bucket that hold blobs, the uploads to it in progress, and the objects to be deleted. Uploads and
 * deletions have times of the database's clock, which all nodes share. Times are milliseconds since the epoch.
 */
public final class ObjectIndex {
    private static final String SELECT = "SELECT sha256, key, size, etag, created_at, lost_since FROM objects WHERE ";
    /** A time before now, by the database's clock. Its value is milliseconds. */
    private static final String AGO = "(SELECT millis FROM database_clock) - ?";

    private static final String ALIVE = ", created_at = (SELECT millis FROM database_clock) WHERE key = ?";
    private static final int MOST_MARKS = 500;
    private static final int HIGHEST_PART = 255;

    private final Database database;

    /** An upload that its process has not ended. {@code uploadId} is empty if it was not in parts. */
    public record Intent(String key, String uploadId, String node) {}

    public ObjectIndex(Database database) {
        this.database = database;
    }

    public Future<Optional<StoredObject>> find(Sha256 sha256) {
        return database.read(connection -> find(connection, sha256));
    }

    private static Future<Optional<StoredObject>> find(SqlConnection connection, Sha256 sha256) {
        return Rows.first(connection, SELECT + "sha256 = ?", ObjectIndex::object, sha256.hex());
    }

    private static StoredObject object(Row row) {
        return new StoredObject(
                row.getString("key"),
                new BlobReference(new Sha256(row.getString("sha256")), row.getLong("size")),
                row.getString("etag"),
                row.getLong("created_at"),
                row.getValue("lost_since") != null);
    }

    /** Begins an upload whose hash is not known yet. */
    public Future<Void> begin(String key, String node) {
        return database.write(connection -> begin(connection, key, "", node));
    }

    /**
     * Begins an upload of a blob, or begins it again. Until its {@link #end} nobody removes the blob's object. Returns the present one.
     */
    public Future<Optional<StoredObject>> begin(String key, Sha256 sha256, String node) {
        return database.write(
                connection -> begin(connection, key, sha256.hex(), node).compose(begun -> find(connection, sha256)));
    }

    private static Future<Void> begin(SqlConnection connection, String key, String sha256, String node) {
        return Rows.run(
                connection,
                "INSERT INTO object_intents (key, sha256, node, created_at)"
                        + " SELECT ?, ?, ?, millis FROM database_clock WHERE true"
                        + " ON CONFLICT (key) DO UPDATE SET sha256 = excluded.sha256, created_at = excluded.created_at",
                key,
                sha256,
                node);
    }

    /**
     * Records what the hash of an upload that has begun is. As {@link #begin}; fails with {@code UNAVAILABLE} if the upload was taken for
     * dead.
     */
    public Future<Optional<StoredObject>> name(String key, Sha256 sha256) {
        return database.write(
                connection -> Rows.update(connection, "UPDATE object_intents SET sha256 = ?" + ALIVE, sha256.hex(), key)
                        .compose(named -> named == 1 ? find(connection, sha256) : ErrorCode.UNAVAILABLE.refuse()));
    }

    /** Records that an upload is in parts, and that it lives. */
    public Future<Void> inParts(String key, String uploadId) {
        return database.run("UPDATE object_intents SET upload_id = ?" + ALIVE, uploadId, key);
    }

    /** Deletes the intent of an upload that has ended, successful or not. */
    public Future<Void> end(String key) {
        return database.run("DELETE FROM object_intents WHERE key = ?", key);
    }

    /**
     * Records a stored object. If another upload was first, its object stays, and this one is deleted later. Fails with
     * {@code UNAVAILABLE} if the upload was taken for dead meanwhile: its object may be gone, and is deleted.
     *
     * @param replaced the key of the damaged object that it replaces; empty if there is none
     * @param kept how long the object that loses stays in the bucket
     * @return the object that holds the blob now
     */
    public Future<StoredObject> put(StoredObject fresh, Optional<String> replaced, Duration kept) {
        return database.write(connection -> Rows.exist(
                                connection, "SELECT 1 FROM object_intents WHERE key = ?", fresh.key())
                        .compose(alive -> alive
                                ? put(connection, fresh, replaced, kept).map(Optional::of)
                                : deleteLater(connection, fresh.key(), Duration.ZERO)
                                        .map(Optional.<StoredObject>empty())))
                .compose(put -> put.map(Future::succeededFuture).orElseGet(ErrorCode.UNAVAILABLE::refuse));
    }

    private static Future<StoredObject> put(
            SqlConnection connection, StoredObject fresh, Optional<String> replaced, Duration kept) {
        return replaced.map(key -> replace(connection, fresh, key, kept))
                .orElseGet(() -> Future.succeededFuture(false))
                .compose(done -> done ? Future.succeededFuture(fresh) : insert(connection, fresh, kept));
    }

    private static Future<Boolean> replace(
            SqlConnection connection, StoredObject fresh, String damaged, Duration kept) {
        return Rows.update(
                        connection,
                        "UPDATE objects SET key = ?, size = ?, etag = ?, created_at = ?, lost_since = NULL"
                                + " WHERE sha256 = ? AND key = ?",
                        fresh.key(),
                        fresh.blob().size(),
                        fresh.etag(),
                        fresh.createdAt(),
                        fresh.blob().sha256().hex(),
                        damaged)
                .compose(updated -> updated == 0
                        ? Future.succeededFuture(false)
                        : deleteLater(connection, damaged, kept).map(true));
    }

    private static Future<StoredObject> insert(SqlConnection connection, StoredObject fresh, Duration kept) {
        Sha256 sha256 = fresh.blob().sha256();
        return Rows.update(
                        connection,
                        "INSERT INTO objects (sha256, key, size, etag, created_at) VALUES (?, ?, ?, ?, ?)"
                                + " ON CONFLICT (sha256) DO NOTHING",
                        sha256.hex(),
                        fresh.key(),
                        fresh.blob().size(),
                        fresh.etag(),
                        fresh.createdAt())
                .compose(inserted -> inserted == 1
                        ? Future.succeededFuture(fresh)
                        : deleteLater(connection, fresh.key(), kept)
                                .compose(queued -> find(connection, sha256))
                                .map(Optional::orElseThrow));
    }

    /** Queues an object, unless a blob or an upload has it. One that is queued already stays as long as is longest. */
    private static Future<Void> deleteLater(SqlConnection connection, String key, Duration kept) {
        return Rows.run(
                connection,
                "INSERT INTO object_deletions (key, not_before) SELECT ?, millis + ? FROM database_clock WHERE"
                        + " NOT EXISTS (SELECT 1 FROM objects WHERE key = ?)"
                        + " AND NOT EXISTS (SELECT 1 FROM upload_objects WHERE key = ? OR tail_key = ?)"
                        + " ON CONFLICT (key) DO UPDATE SET not_before = CASE"
                        + " WHEN excluded.not_before > object_deletions.not_before THEN excluded.not_before"
                        + " ELSE object_deletions.not_before END",
                key,
                kept.toMillis(),
                key,
                key,
                key);
    }

    /** Records that an object was found damaged or missing. */
    public Future<Void> markLost(StoredObject object, long now) {
        return database.run(
                "UPDATE objects SET lost_since = ? WHERE key = ? AND lost_since IS NULL", now, object.key());
    }

    /** Records that all bytes of an object were read and are right. */
    public Future<Void> markWhole(StoredObject object, String etag) {
        return database.run("UPDATE objects SET lost_since = NULL, etag = ? WHERE key = ?", etag, object.key());
    }

    /** Returns those of the blobs that have an object which is not known to be lost. */
    public Future<Set<Sha256>> whole(Collection<Sha256> blobs) {
        Future<Set<Sha256>> found = Future.succeededFuture(new HashSet<>());
        List<Sha256> all = List.copyOf(blobs);
        for (int from = 0; from < all.size(); from += MOST_MARKS) {
            List<Sha256> some = all.subList(from, Math.min(all.size(), from + MOST_MARKS));
            found = found.compose(before -> whole(some).map(more -> {
                before.addAll(more);
                return before;
            }));
        }
        return found;
    }

    private Future<List<Sha256>> whole(List<Sha256> some) {
        List<Object> values = new ArrayList<>();
        some.forEach(sha256 -> values.add(sha256.hex()));
        return database.list(
                "SELECT sha256 FROM objects WHERE lost_since IS NULL AND sha256 IN (" + Rows.marks(some.size()) + ")",
                row -> new Sha256(row.getString("sha256")),
                values.toArray());
    }

    /** Returns the blobs whose hash begins with this byte and whose object is older than a time. */
    public Future<List<Sha256>> olderThan(int firstByte, long time) {
        String from = HexFormat.of().toHexDigits((byte) firstByte);
        String to = firstByte == HIGHEST_PART ? "g" : HexFormat.of().toHexDigits((byte) (firstByte + 1));
        return database.list(
                "SELECT sha256 FROM objects WHERE sha256 >= ? AND sha256 < ? AND created_at <= ?",
                row -> new Sha256(row.getString("sha256")),
                from,
                to,
                time);
    }

    /**
     * Forgets the object of a blob, which is deleted later, unless the blob has a row or is being uploaded.
     *
     * @param kept how long the object stays in the bucket
     * @param dead an upload that has not ended after this time has died
     */
    public Future<Void> remove(Sha256 sha256, Duration kept, Duration dead) {
        return database.write(connection -> find(connection, sha256)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture()
                        : Rows.update(
                                        connection,
                                        "DELETE FROM objects WHERE sha256 = ?"
                                                + " AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.sha256 = objects.sha256)"
                                                + " AND NOT EXISTS (SELECT 1 FROM object_intents i"
                                                + " WHERE i.sha256 = objects.sha256 AND i.created_at > " + AGO + ")",
                                        sha256.hex(),
                                        dead.toMillis())
                                .compose(deleted -> deleted == 0
                                        ? Future.succeededFuture()
                                        : deleteLater(connection, found.get().key(), kept))));
    }

    /** Forgets a damaged object, which is deleted later. */
    public Future<Void> putAside(StoredObject damaged, Duration kept) {
        return database.write(connection -> Rows.run(connection, "DELETE FROM objects WHERE key = ?", damaged.key())
                .compose(forgotten -> deleteLater(connection, damaged.key(), kept)));
    }

    /** Returns uploads that have not ended after this time: their processes have died. Those of resumable uploads go with them. */
    public Future<List<Intent>> abandoned(Duration dead, int limit) {
        return database.list(
                "SELECT key, upload_id, node FROM object_intents WHERE created_at < " + AGO
                        + " AND NOT EXISTS (SELECT 1 FROM upload_objects o"
                        + " WHERE o.key = object_intents.key OR o.tail_key = object_intents.key) ORDER BY created_at LIMIT ?",
                row -> new Intent(row.getString("key"), row.getString("upload_id"), row.getString("node")),
                dead.toMillis(),
                limit);
    }

    /** Ends an upload whose process has died. Its object is deleted later, if no blob has it. */
    public Future<Void> abandon(Intent intent) {
        return database.write(
                connection -> Rows.run(connection, "DELETE FROM object_intents WHERE key = ?", intent.key())
                        .compose(ended -> deleteLater(connection, intent.key(), Duration.ZERO)));
    }

    /** Returns keys of objects that are to be deleted by now, and that hold no blob. */
    public Future<List<String>> due(int limit) {
        return database.list(
                "SELECT key FROM object_deletions WHERE not_before <= (SELECT millis FROM database_clock)"
                        + " AND NOT EXISTS (SELECT 1 FROM objects o WHERE o.key = object_deletions.key)"
                        + " ORDER BY not_before LIMIT ?",
                row -> row.getString("key"),
                limit);
    }

    /** Records that the bucket has deleted an object. */
    public Future<Void> deleted(String key) {
        return database.run("DELETE FROM object_deletions WHERE key = ?", key);
    }

    /** Returns the number of blobs with an object. */
    public Future<Long> count() {
        return database.only("SELECT COUNT(*) AS n FROM objects", row -> row.getLong("n"));
    }

    /** Returns the name by which a bucket knows this server. All processes on one database have the same. */
    public Future<String> server(String proposed, long now) {
        return new MaintenanceStore(database).keep(MaintenanceStore.OBJECTS_SERVER, proposed, now);
    }
}
