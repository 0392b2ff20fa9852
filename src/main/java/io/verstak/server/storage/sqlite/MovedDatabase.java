package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;

/** Opens and closes the file of a database that is moved out of a data directory, or into it. Blocks. */
public final class MovedDatabase {
    /** Pages after which the write-ahead log is moved into the file. */
    private static final int CHECKPOINT_PAGES = 2000;

    private MovedDatabase() {}

    /**
     * Opens the database of a server for reading.
     *
     * @throws StorageException in one line for a person: it is damaged, or its schema is another one
     */
    public static Connection source(DataDirectory directory) {
        try {
            Optional<String> fault = Files.exists(directory.damageMark())
                    ? Optional.of("it is marked as damaged")
                    : StartupCheck.run(directory);
            if (fault.isPresent()) {
                throw new StorageException(
                        "%s: is damaged (%s), and is not moved: look with verstak-server verify, and restore the last good backup"
                                .formatted(directory.database(), fault.get()));
            }
            Connection connection = Sqlite.reader(directory.database()).getConnection();
            Migrations.requireCurrent(connection);
            return connection;
        } catch (SQLException | IOException failure) {
            throw Sqlite.cannotBeOpened(failure);
        }
    }

    /** Returns the mark of a move into a directory; empty if there is none, or what is there is not of this schema. */
    public static Optional<MoveMark> mark(DataDirectory directory) {
        Path file = directory.database();
        try (Connection connection = Sqlite.reader(file).getConnection()) {
            if (Files.size(file) == 0 || Migrations.version(connection) != Migrations.current()) {
                return Optional.empty();
            }
            try (PreparedStatement select = connection.prepareStatement("SELECT value FROM upkeep WHERE name = ?")) {
                select.setString(1, MoveMark.NAME);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(MoveMark.of(row.getString(1))) : Optional.empty();
                }
            }
        } catch (SQLException | IOException noDatabase) {
            return Optional.empty();
        }
    }

    /** Opens the database that is filled; makes its tables if there are none. Each commit is whole after a kill or a power cut. */
    public static Connection target(DataDirectory directory) throws SQLException {
        Connection connection = Sqlite.writer(directory.database()).getConnection();
        Migrations.run(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
        }
        return connection;
    }

    /** Moves the write-ahead log into the file and removes it: the file is whole without it. */
    public static void settle(Path file) throws SQLException {
        try (Connection connection = Sqlite.plain(file).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
        }
    }

    /** Says what has failed, in one line for a person. */
    public static StorageException failed(Path file, Exception failure) {
        return new StorageException(
                Sqlite.code(failure) == SQLiteErrorCode.SQLITE_FULL
                        ? "%s: the disk is full; make room and run the command again: it continues".formatted(file)
                        : "%s: %s".formatted(file, failure.getMessage()),
                failure);
    }
}
