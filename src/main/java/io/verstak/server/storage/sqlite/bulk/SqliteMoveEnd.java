package io.verstak.server.storage.sqlite.bulk;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.TracesOfServer;
import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveMark;
import io.verstak.server.storage.move.MoveTable;
import io.verstak.server.storage.sqlite.MovedDatabase;
import io.verstak.server.storage.sqlite.Sqlite;
import io.verstak.server.storage.sqlite.UnusedDatabase;
import io.verstak.server.storage.sqlite.index.KeyIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The database of a data directory as an end of a move. The caller has opened the directory, and so no server uses it. */
public final class SqliteMoveEnd implements MoveEnd {
    private final DataDirectory directory;
    private final Clock clock;
    private final boolean isTarget;
    private @Nullable Connection connection;

    private SqliteMoveEnd(DataDirectory directory, Clock clock, boolean isTarget, @Nullable Connection connection) {
        this.directory = directory;
        this.clock = clock;
        this.isTarget = isTarget;
        this.connection = connection;
    }

    /** Opens the database that data comes from. */
    public static SqliteMoveEnd source(DataDirectory directory, Clock clock) {
        return new SqliteMoveEnd(
                directory, clock, false, isLeft(directory.root()) ? null : MovedDatabase.source(directory));
    }

    /** Opens the database that data goes to, which has no name yet that a server would open. */
    public static SqliteMoveEnd target(DataDirectory directory, Clock clock) {
        SqliteMoveEnd end = new SqliteMoveEnd(directory, clock, true, null);
        end.run(() -> {
            if (MovedDatabase.mark(directory).isEmpty()) {
                directory.beginAnew();
            }
            end.connection = MovedDatabase.target(directory);
            return true;
        });
        return end;
    }

    /** Returns whether the database of a directory was given up. */
    public static boolean isLeft(Path root) {
        return !Files.exists(root.resolve(DataDirectory.DATABASE)) && Files.exists(root.resolve(TracesOfServer.MOVED));
    }

    /** Work that may fail as SQLite and files do. */
    private interface Work<T> {
        T run() throws SQLException, IOException;
    }

    private <T> T run(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException | IOException failure) {
            throw MovedDatabase.failed(directory.database(), failure);
        }
    }

    private Connection connection() {
        if (connection == null) {
            throw new StorageException(directory.root() + ": the database was moved away");
        }
        return connection;
    }

    @Override
    public String place() {
        return directory.root().toAbsolutePath().normalize().toString();
    }

    @Override
    public List<MoveTable> tables() {
        return run(() -> SqliteTables.of(connection()));
    }

    @Override
    public long count(MoveTable table) {
        return run(() -> SqliteTables.number(
                connection(), "SELECT COUNT(*) FROM %s WHERE %s".formatted(table.name(), table.condition())));
    }

    @Override
    public List<Object[]> page(MoveTable table, List<Object> after, long maxBytes) {
        return run(() -> SqliteTables.page(connection(), table, after, maxBytes));
    }

    @Override
    public String storable(String text) {
        return text;
    }

    @Override
    public Map<String, Long> highestIds() {
        return run(() -> {
            Map<String, Long> highest = new HashMap<>();
            try (Statement statement = connection().createStatement();
                    ResultSet row = statement.executeQuery("SELECT name, seq FROM sqlite_sequence")) {
                while (row.next()) {
                    highest.put(row.getString(1), row.getLong(2));
                }
            }
            return highest;
        });
    }

    @Override
    public Optional<MoveMark> mark() {
        return isTarget ? MovedDatabase.mark(directory) : Optional.empty();
    }

    /** The directory is locked. */
    @Override
    public void requireIdle() {
        connection();
    }

    @Override
    public boolean isLeft() {
        return connection == null;
    }

    /** The database gets a name that no server opens: the directory can then be used beside another database. */
    @Override
    public void leave(MoveMark mark) {
        if (isLeft()) {
            return;
        }
        run(() -> {
            close();
            Path file = directory.database();
            MovedDatabase.settle(file);
            Path moved = file.resolveSibling(TracesOfServer.MOVED);
            for (int n = 2; Files.exists(moved); n++) {
                moved = file.resolveSibling(TracesOfServer.MOVED + "." + n);
            }
            Files.move(file, moved, StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.force(directory.root());
            return true;
        });
    }

    /** The directory was opened for a new database. */
    @Override
    public void requireUnused() {
        UnusedDatabase.require(directory.root());
    }

    /** Nothing of an earlier try is kept. */
    @Override
    public void begin(List<MoveTable> tables, MoveMark mark) {
        run(() -> {
            close();
            directory.beginAnew();
            connection = MovedDatabase.target(directory);
            return true;
        });
        mark(mark);
    }

    @Override
    public void add(MoveTable table, List<Object[]> rows, MoveMark mark) {
        transaction(now -> {
            SqliteTables.add(now, table, rows);
            store(now, mark);
        });
    }

    /** What a transaction does. */
    private interface Change {
        void in(Connection connection) throws SQLException;
    }

    private void transaction(Change change) {
        run(() -> {
            Connection now = connection();
            try (Statement control = now.createStatement()) {
                control.execute(Sqlite.BEGIN);
                try {
                    change.in(now);
                    control.execute("COMMIT");
                } catch (SQLException | RuntimeException failure) {
                    // Nothing uses the connection after a failure.
                    close();
                    throw failure;
                }
            }
            return true;
        });
    }

    private void store(Connection now, MoveMark mark) throws SQLException {
        try (PreparedStatement put = now.prepareStatement(
                "INSERT INTO upkeep (name, value, updated_at) VALUES (?, ?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at")) {
            put.setString(1, MoveMark.NAME);
            put.setString(2, mark.text());
            put.setLong(3, clock.millis());
            put.executeUpdate();
        }
    }

    /** SQLite remembers the highest id of these tables only; of others it takes the next above the highest that is stored. */
    @Override
    public void continueIds(Map<String, Long> highest) {
        transaction(now -> {
            for (String table : SqliteTables.givingIds(now)) {
                long last = Math.max(
                        highest.getOrDefault(table, 0L),
                        SqliteTables.number(now, "SELECT COALESCE(MAX(id), 0) FROM " + table));
                try (PreparedStatement delete = now.prepareStatement("DELETE FROM sqlite_sequence WHERE name = ?");
                        PreparedStatement insert =
                                now.prepareStatement("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)")) {
                    delete.setString(1, table);
                    delete.executeUpdate();
                    insert.setString(1, table);
                    insert.setLong(2, last);
                    insert.executeUpdate();
                }
            }
        });
    }

    /** The index is made of the chunks later. */
    @Override
    public Optional<Long> indexedOps() {
        return Optional.empty();
    }

    @Override
    public void prepare(LongConsumer progress) {
        List<Long> scopes = run(() -> {
            List<Long> ids = new ArrayList<>();
            try (Statement statement = connection().createStatement();
                    ResultSet row = statement.executeQuery("SELECT id FROM scopes ORDER BY id")) {
                while (row.next()) {
                    ids.add(row.getLong(1));
                }
            }
            return ids;
        });
        KeyIndex index = run(() -> new KeyIndex(connection()));
        for (long scope : scopes) {
            transaction(now -> index.build(scope));
            progress.accept(1);
        }
    }

    @Override
    public void mark(MoveMark mark) {
        transaction(now -> store(now, mark));
    }

    /** The mark stays as it is: a kill before the last line leaves a database that the next run still gives its name. */
    @Override
    public void complete(MoveMark mark) {
        run(() -> {
            close();
            MovedDatabase.settle(directory.database());
            UnusedDatabase.close(directory.root());
            directory.finish();
            return true;
        });
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            run(() -> {
                open.close();
                return true;
            });
        }
    }
}
