package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.log.ScopeTail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Prepares a database restored from a backup. Devices may have seen ops that the backup does not hold: every log
 * continues well above them and with a new {@code log_id}, so that no sequence is used twice and each device can
 * notice. Blocks.
 */
public final class RestoredDatabase {
    /** How far the counter of every log moves up. */
    public static final long SKIPPED = 1_000_000;

    private RestoredDatabase() {}

    /**
     * Changes the database in one transaction.
     *
     * @param lost blobs whose bytes the backup does not hold
     * @param madeAt when the backup was made, for the audit log
     * @return the number of logs
     * @throws StorageException in one line for a person: it belongs to a newer release, or cannot be written
     */
    public static int renew(
            DataDirectory directory, Supplier<String> logIds, Collection<Sha256> lost, String madeAt, long now) {
        try (Connection connection = Sqlite.plain(directory.database()).getConnection()) {
            Migrations.run(connection);
            try (SqliteLogRows log = new SqliteLogRows(connection)) {
                LogGaps gaps = new LogGaps(log);
                log.begin();
                List<Long> scopes = scopes(connection);
                for (ScopeTail head : log.scopes(scopes).values()) {
                    gaps.reserve(head, head.counter() + SKIPPED, now);
                }
                rename(connection, scopes, logIds);
                markLost(connection, lost, now);
                gaps.audit(
                        "restored",
                        "",
                        "",
                        "Restored from the backup of %s: %s logs go on %s higher."
                                .formatted(madeAt, scopes.size(), SKIPPED),
                        now);
                log.commit();
                return scopes.size();
            }
        } catch (SQLException | UncheckedSqlException e) {
            throw new StorageException("the restored database cannot be written: " + e.getMessage(), e);
        }
    }

    private static List<Long> scopes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM scopes ORDER BY id")) {
            List<Long> scopes = new ArrayList<>();
            while (row.next()) {
                scopes.add(row.getLong(1));
            }
            return scopes;
        }
    }

    private static void rename(Connection connection, List<Long> scopes, Supplier<String> logIds) throws SQLException {
        try (PreparedStatement rename = connection.prepareStatement("UPDATE scopes SET log_id = ? WHERE id = ?")) {
            for (long scope : scopes) {
                rename.setString(1, logIds.get());
                rename.setLong(2, scope);
                rename.addBatch();
            }
            rename.executeBatch();
        }
    }

    private static void markLost(Connection connection, Collection<Sha256> lost, long now) throws SQLException {
        try (PreparedStatement mark =
                connection.prepareStatement("UPDATE blobs SET damaged_since = ? WHERE sha256 = ?")) {
            for (Sha256 blob : lost) {
                mark.setLong(1, now);
                mark.setString(2, blob.hex());
                mark.addBatch();
            }
            mark.executeBatch();
        }
    }
}
