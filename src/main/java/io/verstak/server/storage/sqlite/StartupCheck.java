package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.TracesOfServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;

/**
 * Looks once, before anything is served, whether a database is whole. A small one is looked through; of a large one as much as
 * fits in the time, and the end of the logs that were written to last: a start must not take minutes. After damage was found in
 * it, the whole of it is looked at, however long that takes. Only reads: a write-ahead log of another database is not written
 * into it by closing the connection. Blocks.
 */
final class StartupCheck {
    private static final Logger LOG = LoggerFactory.getLogger(StartupCheck.class);
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int INSTRUCTIONS_BETWEEN_LOOKS = 1000;
    private static final int LOGS = 100;

    /** Of each log the operation at its head, and the digest that both must have. */
    private static final String ENDS = "SELECT s.id FROM scopes s LEFT JOIN chunks c ON c.id = s.id << 40 | s.head"
            + " WHERE s.id IN (SELECT id FROM scopes WHERE head > 0 ORDER BY last_push DESC LIMIT " + LOGS + ")"
            + " AND s.user_id IN (SELECT id FROM users) AND c.chain IS NOT s.chain";

    /** What cannot be read without {@code secret.key}. */
    private static final String SEALED = "SELECT (SELECT COUNT(*) FROM mail_settings WHERE sealed_password <> '')"
            + " + (SELECT COUNT(*) FROM outbox WHERE state = 'waiting')";

    private StartupCheck() {}

    /**
     * What is wrong with the database of a directory; empty: nothing that was found. One that holds nothing yet is well.
     *
     * @throws StorageException in one line for a person: it is not this server's, or was lost
     */
    static Optional<String> run(DataDirectory directory) throws SQLException, IOException {
        Path file = directory.database();
        if (Files.size(file) == 0) {
            return Optional.empty();
        }
        boolean thorough = Files.exists(directory.damageMark());
        try (Connection connection = Sqlite.reader(file).getConnection()) {
            requireOurs(connection, Migrations.version(connection), directory);
            int version = Migrations.requireKnown(connection);
            Optional<String> fault = pages(connection, thorough);
            if (fault.isPresent() || version < Migrations.current()) {
                return fault;
            }
            requireKey(connection, directory.secretKey());
            return end(connection);
        } catch (SQLException unreadable) {
            if (Sqlite.isDamage(unreadable)) {
                return Optional.of(String.valueOf(unreadable.getMessage()));
            }
            throw unreadable;
        }
    }

    private static void requireOurs(Connection connection, int version, DataDirectory directory)
            throws SQLException, IOException {
        int tables = number(connection, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'");
        if (version == 0 && tables == 0) {
            TracesOfServer.requireNone(directory.root(), "is empty");
            return;
        }
        int ours = number(
                connection,
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('users', 'scopes', 'devices', 'setup_tokens')");
        if (version == 0 || ours != 4 || number(connection, "PRAGMA application_id") != 0) {
            throw new StorageException("%s: is another program's database; move it away, or name another data directory"
                    .formatted(directory.database()));
        }
    }

    /** A new key would open nothing of what is there. */
    private static void requireKey(Connection connection, Path key) throws SQLException {
        if (!Files.exists(key) && number(connection, SEALED) > 0) {
            throw new StorageException(
                    "%s: is missing, and with it the SMTP password or mails that wait are encrypted: put the one of the last backup"
                                    .formatted(key)
                            + " there; to do without them, make a new one: head -c 32 /dev/urandom > " + key);
        }
    }

    private static Optional<String> pages(Connection connection, boolean thorough) throws SQLException {
        if (thorough) {
            LOG.info("damage was found in server.db before: all of it is checked, which may take some minutes");
        } else {
            long end = System.nanoTime() + MOST_NANOS;
            ProgressHandler.setHandler(connection, INSTRUCTIONS_BETWEEN_LOOKS, new ProgressHandler() {
                @Override
                protected int progress() {
                    return System.nanoTime() > end ? 1 : 0;
                }
            });
        }
        try {
            for (String check : thorough ? List.of("PRAGMA quick_check(1)") : tableByTable(connection)) {
                Optional<String> fault = fault(connection, check);
                if (fault.isPresent()) {
                    return fault;
                }
            }
            return Optional.empty();
        } catch (SQLException stopped) {
            if (Sqlite.isInterrupted(stopped)) {
                LOG.debug("server.db is large: the check of its pages was cut short");
                return Optional.empty();
            }
            throw stopped;
        } finally {
            ProgressHandler.clearHandler(connection);
        }
    }

    /** Leaves out the index of names, which SQLite checks as a whole, without looking at the time. */
    private static List<String> tableByTable(Connection connection) throws SQLException {
        List<String> checks = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")) {
            while (row.next()) {
                checks.add("PRAGMA quick_check('%s')".formatted(row.getString(1)));
            }
        }
        return checks;
    }

    private static Optional<String> fault(Connection connection, String check) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(check)) {
            String found = row.next() ? row.getString(1) : "ok";
            return found.equals("ok")
                    ? Optional.empty()
                    : Optional.of(found.lines().reduce((first, last) -> last).orElse(found));
        }
    }

    /** Returns the first log that does not end as it was left. */
    static Optional<String> end(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ENDS)) {
            return row.next()
                    ? Optional.of("the log of vault %s does not end as it was left".formatted(row.getLong(1)))
                    : Optional.empty();
        }
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getInt(1);
        }
    }
}
