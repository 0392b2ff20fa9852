package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.sqlite.conversion.ConversionSize;
import io.verstak.server.storage.sqlite.conversion.LogConversion;
import io.verstak.server.storage.sqlite.conversion.LogDamage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * Upgrades a database to the schema of this release: numbered files, each in a transaction of its own, in order, once.
 * The number of the last one is SQLite's {@code user_version}. Blocks; for start-up.
 */
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    /** The oldest schema that this release upgrades; an empty database begins with it. */
    private static final int BASE = 14;

    private static final List<String> FILES = List.of(
            "0014_base.sql",
            "0015_device_keys.sql",
            "0016_sync_state.sql",
            "0017_outbox_errors.sql",
            "0018_one_identity.sql",
            "0019_user_search.sql",
            "0020_chunks.sql",
            "0021_drop_ops.sql",
            "0022_nodes.sql",
            "0023_objects.sql",
            "0024_connection_codes.sql",
            "0025_shared_uploads.sql",
            "0026_incarnations.sql",
            "0027_shared_counts.sql",
            "0028_sign_in.sql",
            "0029_notices.sql",
            "0030_session_method.sql",
            "0031_console.sql",
            "0032_granted_administrators.sql",
            "0033_vault_names.sql",
            "0034_vault_deletion.sql",
            "0035_files.sql",
            "0036_sharing.sql",
            "0037_request_days.sql");

    /** After this file the twins of earlier imports become one device. */
    private static final int DEVICE_KEYS = 15;

    /** The last schema with a row for each op. */
    static final int BEFORE_CHUNKS = 19;

    /** Has the tables of chunks beside those of rows: the log is being converted. */
    public static final int CONVERTING = BEFORE_CHUNKS + 1;

    /** Before this file the log is converted. */
    private static final int CONVERTED = CONVERTING + 1;

    private Migrations() {}

    /** The schema that this release reads and writes. */
    static int current() {
        return BASE + FILES.size() - 1;
    }

    /** @throws StorageException when a newer release wrote the database, or one from before the first release */
    static int requireKnown(Connection connection) throws SQLException {
        int version = version(connection);
        if (version > current()) {
            throw new StorageException(
                    "server.db has schema %s; this release knows %s. A newer verstak-server wrote it: run that release"
                            .formatted(version, current()));
        }
        if (version > 0 && version < BASE) {
            throw new StorageException(
                    "server.db has schema %s, from before the first release; this release upgrades schema %s and later ones. Start the version that wrote schema %s once, then this one"
                            .formatted(version, BASE, BASE));
        }
        return version;
    }

    /** @throws StorageException as {@link #requireKnown}; nothing is changed then */
    public static void run(Connection connection) throws SQLException {
        run(connection, UpgradeProgress.unwatched());
    }

    /** Brings the database to an earlier schema than the current one, for tests of what comes after it. */
    static void run(Connection connection, int last) throws SQLException {
        run(connection, last, UpgradeProgress.unwatched());
    }

    /**
     * As {@link #run(Connection)}, for an upgrade that is watched.
     *
     * @throws StorageException in one line for a person: as {@link #requireKnown}, or the log cannot be converted, or was not to its end
     */
    static void run(Connection connection, UpgradeProgress progress) throws SQLException {
        run(connection, current(), progress);
    }

    private static void run(Connection connection, int last, UpgradeProgress progress) throws SQLException {
        int version = requireKnown(connection);
        if (version > 0 && version < CONVERTED && last >= CONVERTED) {
            ConversionSize.requireSpace(connection);
        }
        for (int next = Math.max(version + 1, BASE); next <= last; next++) {
            boolean converts = next == CONVERTED && version(connection) < CONVERTED;
            List<LogDamage> damage = converts ? convert(connection, progress, LogConversion.PIECE_BYTES) : List.of();
            apply(connection, FILES.get(next - BASE), next, damage);
            damage.forEach(found ->
                    LOG.warn("the log was damaged before the upgrade and is kept as it was: {}", found.text()));
        }
    }

    /**
     * Converts the log. Returns the damage that it had before.
     *
     * @throws StorageException in one line for a person: it was stopped, the disk is full, or the old log cannot be read; only in
     *     the last case the database is of the schema before again
     */
    static List<LogDamage> convert(Connection connection, UpgradeProgress progress, long pieceBytes)
            throws SQLException {
        try {
            return LogConversion.run(connection, progress, pieceBytes);
        } catch (IllegalStateException impossible) {
            LogConversion.takeBack(connection, BEFORE_CHUNKS);
            throw new StorageException(
                    "server.db is not upgraded, its log cannot be converted: %s. Nothing was changed: look with verstak-server verify of the release before, which can still serve it"
                            .formatted(impossible.getMessage()),
                    impossible);
        } catch (SQLException failure) {
            if (Sqlite.isDamage(failure)) {
                LogConversion.takeBack(connection, BEFORE_CHUNKS);
                throw new StorageException(
                        "server.db is damaged, and is not upgraded: its log cannot be read (%s). Nothing was changed: restore the last good backup into another directory with verstak-server restore. The release before can still check it (verstak-server verify) and serve what can be read"
                                .formatted(failure.getMessage()),
                        failure);
            }
            if (Sqlite.code(failure) == SQLiteErrorCode.SQLITE_FULL) {
                throw new StorageException(
                        "the disk of server.db is full, and the upgrade has stopped: make %s free and start again. Nothing is lost; it continues where it stopped"
                                .formatted(ConversionSize.of(connection).needed()),
                        failure);
            }
            throw failure;
        }
    }

    /** @throws StorageException when the database, which is damaged, was written by an earlier release: it is not changed */
    static void requireNoUpgrade(Connection connection) throws SQLException {
        int version = requireKnown(connection);
        if (version != current()) {
            throw new StorageException(
                    "server.db is damaged, and is not upgraded from schema %s to %s: restore the last good backup into another directory"
                                    .formatted(version, current())
                            + " with verstak-server restore."
                            + (version > BEFORE_CHUNKS
                                    ? ""
                                    : " The release before can still check it (verstak-server verify) and serve what can be read"));
        }
    }

    /** @throws StorageException when the database is not of this release */
    public static void requireCurrent(Connection connection) throws SQLException {
        int version = requireKnown(connection);
        if (version == 0) {
            throw new StorageException("server.db holds nothing: it was never used, or its contents are lost");
        }
        if (version != current()) {
            throw new StorageException(
                    "server.db has schema %s; this release expects %s. Start the server once to upgrade it, or restore a backup"
                            .formatted(version, current()));
        }
    }

    static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }

    private static void apply(Connection connection, String file, int version, List<LogDamage> damage)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(Sqlite.BEGIN);
            // Within the transaction: a command may have opened the same new directory at the same time.
            if (version(connection) >= version) {
                statement.execute("ROLLBACK");
                return;
            }
            for (String sql : statements("/db/migration/" + file)) {
                statement.execute(sql);
            }
            if (version == DEVICE_KEYS) {
                TwinDevices.merge(connection);
            }
            for (LogDamage found : damage) {
                found.record(connection);
            }
            statement.execute("PRAGMA user_version = " + version);
            statement.execute("COMMIT");
        }
    }

    /** A semicolon ends a statement, but not within a trigger, whose lines are indented and whose last one is END. */
    static List<String> statements(String resource) {
        try (InputStream in = Migrations.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new LinkageError("the jar holds every migration");
            }
            String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return sql
                    .replaceAll("--[^\n]*", "")
                    .lines()
                    .collect(java.util.stream.Collectors.joining("\n"))
                    .transform(text -> List.of(text.split(";\\s*\n(?!\\s|END\\b)|;\\s*$")))
                    .stream()
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
