package io.verstak.server.storage.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.TracesOfServer;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Blobs that no scope holds, and blobs whose files are damaged. Times are milliseconds since the epoch. */
public final class BlobRepository {
    private static final Logger LOG = LoggerFactory.getLogger(BlobRepository.class);

    /** An upload whose bytes have all arrived (sealed, state 1) keeps its blob. */
    private static final String UNHELD = "NOT EXISTS (SELECT 1 FROM blob_refs r WHERE r.sha256 = blobs.sha256)"
            + " AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.blob = blobs.sha256 AND u.state = 1)";

    private final Database database;

    /**
     * A page of blobs, in the order of their hashes.
     *
     * @param last where the next page begins; empty for the last page
     */
    public record Page(List<BlobReference> blobs, String last) {}

    /** A blob whose file was found damaged or missing, and when. */
    public record DamagedBlob(Sha256 sha256, long size, long since) {}

    public BlobRepository(Database database) {
        this.database = database;
    }

    /** Returns blobs above a hash. */
    public Future<Page> page(String after, int limit) {
        return page(after, limit, "");
    }

    /**
     * Returns blobs above a hash that no scope holds and that are not marked; {@code limit} counts the blobs examined.
     */
    public Future<Page> pageOfUnreferenced(String after, int limit) {
        return page(after, limit, " AND unreferenced_since IS NULL AND " + UNHELD);
    }

    private Future<Page> page(String after, int limit, String condition) {
        return database.read(connection -> Rows.first(
                        connection,
                        "SELECT sha256 FROM blobs WHERE sha256 > ? ORDER BY sha256 LIMIT 1 OFFSET ?",
                        row -> row.getString("sha256"),
                        after,
                        limit - 1)
                .map(last -> last.orElse(""))
                .compose(last -> connection
                        .preparedQuery("SELECT sha256, size FROM blobs WHERE sha256 > ?"
                                + (last.isEmpty() ? "" : " AND sha256 <= ?") + condition + " ORDER BY sha256")
                        .execute(last.isEmpty() ? Tuple.of(after) : Tuple.of(after, last))
                        .map(rows -> new Page(Rows.list(rows, BlobRepository::blob), last))));
    }

    /** Starts the grace period of those blobs that no scope holds now. */
    public Future<Integer> markUnreferenced(Collection<Sha256> blobs, long now) {
        List<Tuple> batch =
                blobs.stream().map(blob -> Tuple.of(now, blob.hex())).toList();
        return batch.isEmpty()
                ? Future.succeededFuture(0)
                : database.write(connection -> connection
                        .preparedQuery("UPDATE blobs SET unreferenced_since = ?"
                                + " WHERE sha256 = ? AND unreferenced_since IS NULL AND " + UNHELD)
                        .executeBatch(batch)
                        .map(batch.size()));
    }

    /** Returns the blobs whose grace period was over at a time. */
    public Future<List<BlobReference>> unreferencedSince(long time, int limit) {
        return database.read(connection -> Rows.list(
                connection,
                "SELECT sha256, size FROM blobs WHERE unreferenced_since <= ? LIMIT ?",
                BlobRepository::blob,
                time,
                limit));
    }

    /**
     * Deletes the row of a blob unless it has been uploaded again. The caller then removes the file and serializes this
     * with uploads of the same bytes.
     */
    public Future<Boolean> forget(Sha256 sha256, long unreferencedSince) {
        return database.write(connection -> Rows.update(
                        connection,
                        "DELETE FROM blobs WHERE sha256 = ? AND unreferenced_since <= ? AND " + UNHELD,
                        sha256.hex(),
                        unreferencedSince)
                .map(deleted -> deleted == 1));
    }

    /** Returns the hashes that have a row, or will get one when a sealed upload is finished. */
    public Future<Set<Sha256>> known(Collection<Sha256> blobs) {
        if (blobs.isEmpty()) {
            return Future.succeededFuture(Set.of());
        }
        String marks = blobs.stream().map(blob -> "?").collect(Collectors.joining(", "));
        List<Object> values = new ArrayList<>();
        blobs.forEach(blob -> values.add(blob.hex()));
        blobs.forEach(blob -> values.add(blob.hex()));
        return database.read(connection -> connection
                .preparedQuery("SELECT sha256 FROM blobs WHERE sha256 IN (" + marks + ")"
                        + " UNION SELECT blob FROM uploads WHERE state = 1 AND blob IN (" + marks + ")")
                .execute(Tuple.from(values))
                .map(rows -> {
                    Set<Sha256> known = new HashSet<>();
                    rows.forEach(row -> known.add(new Sha256(row.getString("sha256"))));
                    return known;
                }));
    }

    /**
     * Records and audits that the file of a blob is damaged or missing. Returns false, without a write, when that was
     * known.
     */
    public Future<Boolean> markDamaged(Sha256 sha256, long now) {
        return count("SELECT COUNT(*) AS n FROM blobs WHERE sha256 = ? AND damaged_since IS NULL", sha256.hex())
                .compose(fresh -> fresh == 0 ? Future.succeededFuture(false) : markFresh(sha256, now));
    }

    private Future<Boolean> markFresh(Sha256 sha256, long now) {
        String text = "Blob %s is damaged or missing; the next upload of the same bytes heals it.".formatted(sha256);
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE blobs SET damaged_since = ? WHERE sha256 = ? AND damaged_since IS NULL",
                        now,
                        sha256.hex())
                .compose(marked -> marked == 0
                        ? Future.succeededFuture(false)
                        : AuditStore.add(connection, new AuditEntry("blob_damaged", "", "", "", text, 1, now))
                                .map(true)));
    }

    /** Returns the damaged blobs, latest first. */
    public Future<List<DamagedBlob>> damaged(int limit) {
        return database.read(connection -> Rows.list(
                connection,
                "SELECT sha256, size, damaged_since FROM blobs WHERE damaged_since IS NOT NULL"
                        + " ORDER BY damaged_since DESC LIMIT ?",
                row -> new DamagedBlob(
                        new Sha256(row.getString("sha256")), row.getLong("size"), row.getLong("damaged_since")),
                limit));
    }

    public Future<Long> countUnreferenced() {
        return count("SELECT COUNT(*) AS n FROM blobs WHERE unreferenced_since IS NOT NULL");
    }

    public Future<Long> countDamaged() {
        return count("SELECT COUNT(*) AS n FROM blobs WHERE damaged_since IS NOT NULL");
    }

    public Future<Long> count() {
        return count("SELECT COUNT(*) AS n FROM blobs");
    }

    /** Logs that all files are gone, as they are when their disk is not mounted. Blocks, and never fails. */
    public Future<Void> warnIfLost(DataDirectory directory) {
        try {
            if (TracesOfServer.hasBlob(directory.blobs())) {
                return Future.succeededFuture();
            }
        } catch (IOException unreadable) {
            LOG.warn("{} cannot be read: {}", directory.blobs(), PrivateFiles.reason(unreadable));
        }
        return count().onSuccess(named -> {
                    if (named > 0) {
                        LOG.error(
                                "{} holds no file, but the database names {} blobs: is its disk mounted? Stop the server and put the"
                                        + " files back; until then downloads answer blob_unavailable",
                                directory.blobs(),
                                named);
                    }
                })
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private Future<Long> count(String sql, String... values) {
        return database.read(connection -> Rows.only(connection, sql, row -> row.getLong("n"), (Object[]) values));
    }

    private static BlobReference blob(Row row) {
        return new BlobReference(new Sha256(row.getString("sha256")), row.getLong("size"));
    }
}
