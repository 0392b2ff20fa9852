package io.verstak.server.storage.sqlite.verify;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.Migrations;
import io.verstak.server.storage.sqlite.Sqlite;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Checks a database for damage, with or without a running server. Changes nothing. Data that SQLite itself cannot read
 * is reported, not thrown. Blocks. Used by one thread.
 */
public final class DatabaseVerifier implements AutoCloseable {
    /** The number of faults after which SQLite's own check stops. */
    private static final int INTEGRITY_FAULTS = 1000;

    private static final int BLOBS_AT_ONCE = 1000;

    private final Connection connection;
    private final VerificationListener findings;
    private final List<Long> withoutIndex = new ArrayList<>();
    private boolean whole = true;

    private DatabaseVerifier(Connection connection, VerificationListener findings) {
        this.connection = connection;
        this.findings = findings;
    }

    /**
     * Opens the database of a directory for reading; empty when that is impossible, which is reported.
     *
     * @throws StorageException in one line for a person: it belongs to another release
     */
    public static Optional<DatabaseVerifier> open(DataDirectory directory, VerificationListener findings) {
        try {
            Connection connection = Sqlite.reader(directory.database()).getConnection();
            try {
                Migrations.requireCurrent(connection);
                return Optional.of(new DatabaseVerifier(connection, findings));
            } catch (SQLException | RuntimeException failure) {
                connection.close();
                throw failure;
            }
        } catch (SQLException e) {
            findings.damage("database", "server.db: cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Returns the number of ops that {@link #checkLogs} will check. */
    public long operations() {
        return sum("SELECT COALESCE(SUM(operations), 0) FROM scopes");
    }

    /** Returns the size of all blobs, in bytes. */
    public long blobBytes() {
        return sum("SELECT COALESCE(SUM(size), 0) FROM blobs");
    }

    private long sum(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        } catch (SQLException unreadable) {
            // Only the progress bar needs it; the checks report the damage.
            return 0;
        }
    }

    /** Runs SQLite's own check: pages, trees, indexes, constraints. */
    public void checkIntegrity() {
        guarded(
                "database",
                () -> each("PRAGMA integrity_check(" + INTEGRITY_FAULTS + ")", row -> {
                    String fault = row.getString(1);
                    if (!fault.equals("ok")) {
                        whole = false;
                        findings.damage(
                                "database",
                                "server.db: " + fault.lines().findFirst().orElse(fault));
                    }
                }));
    }

    /** Checks every op of every log, and its index. */
    public void checkLogs() {
        guarded("log", () -> {
            for (long scope : scopes()) {
                guarded("log", () -> {
                    try (LogVerifier log = new LogVerifier(connection, scope, findings)) {
                        if (log.check()) {
                            withoutIndex.add(scope);
                        }
                    }
                });
            }
        });
    }

    /**
     * Returns the logs that are sound while their indexes are not, of those that were checked, so that {@link
     * io.verstak.server.storage.sqlite.RunRepair} can mend them; none if SQLite's own check found damage.
     */
    public List<Long> withoutIndex() {
        return whole ? List.copyOf(withoutIndex) : List.of();
    }

    private List<Long> scopes() throws SQLException {
        List<Long> scopes = new ArrayList<>();
        // The vaults of a deleted user are being removed.
        each(
                "SELECT id FROM scopes WHERE user_id IN (SELECT id FROM users) ORDER BY id",
                row -> scopes.add(row.getLong(1)));
        return scopes;
    }

    /** Checks references between rows, and stored sums. */
    public void checkReferences() {
        for (ReferenceCheck check : ReferenceCheck.ALL) {
            guarded(
                    "database",
                    () -> each(check.sql(), row -> {
                        String[] values = new String[row.getMetaData().getColumnCount()];
                        for (int i = 0; i < values.length; i++) {
                            values[i] = String.valueOf(row.getString(i + 1));
                        }
                        findings.damage(check.kind(), check.text((Object[]) values));
                    }));
        }
    }

    /** Passes on every blob that has a row, ordered by hash. Reports a row without a valid hash. */
    public void eachBlob(Consumer<BlobReference> consumer) {
        guarded("database", () -> {
            List<BlobReference> blobs = new ArrayList<>();
            for (String last = ""; !last.isEmpty() || blobs.isEmpty(); ) {
                blobs.clear();
                last = blobsAbove(last, blobs);
                blobs.forEach(consumer);
                if (last.isEmpty()) {
                    return;
                }
            }
        });
    }

    /** Reads a page, so that no snapshot of a running server's database is held for long. Returns its end, or "". */
    private String blobsAbove(String last, List<BlobReference> blobs) throws SQLException {
        String end = "";
        int rows = 0;
        try (PreparedStatement page = connection.prepareStatement(
                "SELECT sha256, size FROM blobs WHERE sha256 > ? ORDER BY sha256 LIMIT " + BLOBS_AT_ONCE)) {
            page.setString(1, last);
            try (ResultSet row = page.executeQuery()) {
                while (row.next()) {
                    end = row.getString(1);
                    rows++;
                    long size = row.getLong(2);
                    Optional<Sha256> sha256 = Sha256.parse(end);
                    if (sha256.isPresent()) {
                        blobs.add(new BlobReference(sha256.get(), size));
                    } else {
                        findings.damage("blob_row", "blobs: \"%s\" is no SHA-256".formatted(end));
                    }
                }
            }
        }
        return rows == BLOBS_AT_ONCE ? end : "";
    }

    /** Returns whether a blob still has a row: a running server may have removed it meanwhile. */
    public boolean isNamed(Sha256 sha256) {
        try (PreparedStatement statement = connection.prepareStatement("SELECT 1 FROM blobs WHERE sha256 = ?")) {
            statement.setString(1, sha256.hex());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException unreadable) {
            return true;
        }
    }

    /** Reads a row of a result. */
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private interface Check {
        void run() throws SQLException;
    }

    private void each(String sql, RowReader reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                reader.read(row);
            }
        }
    }

    private void guarded(String kind, Check check) {
        try {
            check.run();
        } catch (SQLException | RuntimeException unreadable) {
            findings.damage(kind, "server.db: cannot be read on: " + unreadable.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new StorageException("server.db: cannot be closed: " + e.getMessage(), e);
        }
    }
}
