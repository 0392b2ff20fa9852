package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

/** Records the state of blobs in the database of a stopped server. Blocks. */
public final class BlobRepair {
    private BlobRepair() {}

    /**
     * Marks blobs whose files are damaged or missing, for administrators to see. Blobs marked before keep their time.
     */
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
