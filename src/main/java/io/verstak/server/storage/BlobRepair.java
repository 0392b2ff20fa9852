package io.verstak.server.storage;

import io.verstak.server.domain.Sha256;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

/** Notes in the database of a stopped server what was found about its blobs. Blocks. */
public final class BlobRepair {
    private BlobRepair() {}

    /** Blobs whose files are damaged or missing, so that administrators see them. Those known already keep their time. */
    public static void markDamaged(DataDirectory directory, Collection<Sha256> blobs, long now) {
        if (blobs.isEmpty()) {
            return;
        }
        try (Connection connection = Sqlite.writer(directory.database()).getConnection();
                PreparedStatement mark = connection.prepareStatement(
                        "UPDATE blobs SET damaged_since = ? WHERE sha256 = ? AND damaged_since IS NULL")) {
            connection.setAutoCommit(false);
            for (Sha256 blob : blobs) {
                mark.setLong(1, now);
                mark.setString(2, blob.hex());
                mark.addBatch();
            }
            mark.executeBatch();
            connection.commit();
        } catch (SQLException e) {
            throw new StorageException("server.db: cannot be written: " + e.getMessage(), e);
        }
    }
}
