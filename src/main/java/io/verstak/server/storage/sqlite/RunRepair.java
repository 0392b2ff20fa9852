package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.index.KeyIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/** Makes the runs of keys of logs again, from their chunks, in the database of a stopped server. Blocks. */
public final class RunRepair {
    private RunRepair() {}

    /** Replaces the runs of these scopes, each within one transaction, and deletes the parts of the old ones. */
    public static void rebuild(DataDirectory directory, Collection<Long> scopes) {
        if (scopes.isEmpty()) {
            return;
        }
        try (Connection connection = Sqlite.writer(directory.database()).getConnection();
                Statement control = connection.createStatement();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM key_runs WHERE scope_id = ?")) {
            KeyIndex index = new KeyIndex(connection);
            control.execute("DELETE FROM key_runs WHERE scope_id NOT IN (SELECT id FROM scopes)");
            for (long scope : scopes) {
                control.execute(Sqlite.BEGIN);
                delete.setLong(1, scope);
                delete.executeUpdate();
                index.build(scope);
                control.execute("COMMIT");
            }
            while (index.isDue()) {
                control.execute(Sqlite.BEGIN);
                index.step();
                control.execute("COMMIT");
            }
        } catch (SQLException e) {
            throw new StorageException("server.db: cannot be written: " + e.getMessage(), e);
        }
    }
}
