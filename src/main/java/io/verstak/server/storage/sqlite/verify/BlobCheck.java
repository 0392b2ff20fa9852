package io.verstak.server.storage.sqlite.verify;

import io.verstak.server.domain.BlobReference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Checks that a scope holds the blobs that its ops refer to. */
final class BlobCheck implements AutoCloseable {
    private final long scopeId;
    private final Reporter reporter;
    private final PreparedStatement blob;

    /** Receives the findings. */
    interface Reporter {
        void damage(String kind, long sequence, String text);
    }

    BlobCheck(Connection connection, long scopeId, Reporter reporter) throws SQLException {
        this.scopeId = scopeId;
        this.reporter = reporter;
        blob = connection.prepareStatement("SELECT size FROM blob_refs WHERE scope_id = ? AND sha256 = ?");
    }

    void check(long sequence, BlobReference reference) throws SQLException {
        blob.setLong(1, scopeId);
        blob.setString(2, reference.sha256().hex());
        try (ResultSet row = blob.executeQuery()) {
            if (!row.next()) {
                reporter.damage(
                        "blob_row", sequence, "its blob %s is not held by the vault".formatted(reference.sha256()));
            } else if (row.getLong(1) != reference.size()) {
                reporter.damage(
                        "blob_row",
                        sequence,
                        "its blob %s has %s bytes, not %s"
                                .formatted(reference.sha256(), row.getLong(1), reference.size()));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        blob.close();
    }
}
