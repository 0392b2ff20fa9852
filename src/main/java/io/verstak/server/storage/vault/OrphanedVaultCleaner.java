package io.verstak.server.storage.vault;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.LogTables;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Iterator;
import java.util.Optional;

/**
 * Deletes the vaults of deleted users. Their logs may be large, so they are deleted in slices that let writers in
 * between. The scope goes last: until then the next run finds the rest.
 */
public final class OrphanedVaultCleaner {
    /** Rows per transaction. A chunk has 64 KiB, or one op of up to a few hundred KiB. */
    private static final int SLICE = 100;

    private final Database database;

    public OrphanedVaultCleaner(Database database) {
        this.database = database;
    }

    /**
     * Deletes a slice of one such vault.
     *
     * @return the number of deleted rows; 0 when nothing is left
     */
    public Future<Integer> deleteSlice() {
        return database.read(OrphanedVaultCleaner::next)
                .compose(found -> found.map(this::deleteSlice).orElse(Future.succeededFuture(0)));
    }

    /** Deletes the usage of an upload that ended while its vault was deleted and that has no scope. */
    private static Future<Optional<Long>> next(SqlConnection connection) {
        String sql = """
                        SELECT id FROM scopes WHERE user_id NOT IN (SELECT id FROM users)
                        UNION ALL SELECT scope_id FROM blob_usage WHERE scope_id NOT IN (SELECT id FROM scopes) LIMIT 1""";
        return Rows.first(connection, sql, row -> row.getLong("id"));
    }

    private Future<Integer> deleteSlice(long scopeId) {
        return database.write(connection -> lockOwnerless(connection, scopeId)
                .compose(ownerless -> ownerless ? deleteSlice(connection, scopeId) : Future.succeededFuture(0)));
    }

    /** Locks the scope, so that no push adds to what is deleted: one that waits for it finds its device deleted. */
    private Future<Boolean> lockOwnerless(SqlConnection connection, long scopeId) {
        String sql =
                "SELECT (SELECT COUNT(*) FROM users u WHERE u.id = s.user_id) AS owners FROM scopes s WHERE s.id = ?"
                        + database.dialect().lock();
        return Rows.first(connection, sql, row -> row.getLong("owners"), scopeId)
                .map(owners -> owners.orElse(0L) == 0);
    }

    private Future<Integer> deleteSlice(SqlConnection connection, long scopeId) {
        Iterator<String> log = LogTables.of(database.dialect()).deletions().iterator();
        return deleteLog(connection, scopeId, log)
                .compose(deleted -> deleted > 0 ? Future.succeededFuture(deleted) : deleteBlobs(connection, scopeId))
                .compose(deleted -> deleted > 0 ? Future.succeededFuture(deleted) : deleteVault(connection, scopeId));
    }

    /** Deletes a slice of the first table with rows of the scope. */
    private static Future<Integer> deleteLog(SqlConnection connection, long scopeId, Iterator<String> tables) {
        return !tables.hasNext()
                ? Future.succeededFuture(0)
                : Rows.update(connection, tables.next(), scopeId, scopeId, SLICE)
                        .compose(deleted ->
                                deleted > 0 ? Future.succeededFuture(deleted) : deleteLog(connection, scopeId, tables));
    }

    /** Reduces the stored sum together with its rows. */
    private static Future<Integer> deleteBlobs(SqlConnection connection, long scopeId) {
        String some = "(SELECT sha256 FROM blob_refs WHERE scope_id = ? ORDER BY sha256 LIMIT ?)";
        return Rows.run(
                        connection,
                        "UPDATE blob_usage SET bytes = bytes - COALESCE((SELECT SUM(size) FROM blob_refs"
                                + " WHERE scope_id = ? AND sha256 IN " + some + "), 0) WHERE scope_id = ?",
                        scopeId,
                        scopeId,
                        SLICE,
                        scopeId)
                .compose(reduced -> Rows.update(
                        connection,
                        "DELETE FROM blob_refs WHERE scope_id = ? AND sha256 IN " + some,
                        scopeId,
                        scopeId,
                        SLICE));
    }

    private static Future<Integer> deleteVault(SqlConnection connection, long scopeId) {
        return Rows.run(connection, "DELETE FROM devices WHERE scope_id = ?", scopeId)
                .compose(gone -> Rows.run(connection, "DELETE FROM blob_usage WHERE scope_id = ?", scopeId))
                .compose(gone -> Rows.run(connection, "DELETE FROM vault_days WHERE scope_id = ?", scopeId))
                .compose(gone -> Rows.run(connection, "DELETE FROM scopes WHERE id = ?", scopeId))
                .map(1);
    }
}
