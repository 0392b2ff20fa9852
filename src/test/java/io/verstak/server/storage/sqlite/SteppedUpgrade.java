package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.testkit.OldDirectory;
import io.verstak.server.testkit.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;

/** An upgrade in many small steps, after each of which a test may look at the database, or copy it as a kill would leave it. */
final class SteppedUpgrade {
    static final long SMALL_PIECE = 16 << 10;

    /** What an upgrade must end with, wherever it was killed. */
    private static final List<String> CONTENTS = List.of(
            "SELECT GROUP_CONCAT(CAST(body AS TEXT), ',') FROM (SELECT id, body FROM chunks ORDER BY id) GROUP BY id >> 40",
            "SELECT id, user_id, vault_id, log_id, head, counter, operations, hex(chain) FROM scopes ORDER BY id",
            "SELECT scope_id, first_seq, last_seq, ops, hex(filter) FROM key_runs ORDER BY scope_id, first_seq",
            "SELECT COUNT(*) FROM audit_log WHERE type = 'log_damaged'",
            "SELECT id, username_key, email_key FROM users ORDER BY id",
            "SELECT id, scope_id, token_hash, key_hash, pull_cursor FROM devices ORDER BY id",
            "SELECT rowid FROM user_name_parts ORDER BY rowid",
            "PRAGMA user_version",
            "PRAGMA integrity_check");

    /** The same of the log before its conversion. */
    private static final String OLD_LOG = """
            SELECT GROUP_CONCAT('{"server_sequence":' || seq || ',' || CAST(json AS TEXT) || '}', ',')
            FROM (SELECT scope_id, seq, json FROM ops ORDER BY scope_id, seq) GROUP BY scope_id""";

    private SteppedUpgrade() {}

    static Connection connect(Path database) throws SQLException {
        return Sqlite.writer(database).getConnection();
    }

    /** Brings a database to this release's schema; tells the number of each step that has ended. */
    static void run(Path database, IntConsumer afterStep) throws SQLException {
        int[] steps = {0};
        for (int schema = version(database) + 1; schema <= Migrations.CONVERTING; schema++) {
            try (Connection connection = connect(database)) {
                Migrations.run(connection, schema);
                afterStep.accept(steps[0]++);
            }
        }
        if (version(database) == Migrations.CONVERTING) {
            convert(database, percent -> afterStep.accept(steps[0]++));
            afterStep.accept(steps[0]);
        }
    }

    /** Converts the log in many pieces, tells of each, and ends the upgrade. */
    static void convert(Path database, IntConsumer afterPiece) throws SQLException {
        try (Connection connection = connect(database)) {
            Migrations.convert(
                    connection,
                    new UpgradeProgress(OldDirectory.hurriedClock(Duration.ofMinutes(1)), afterPiece),
                    SMALL_PIECE);
            Migrations.run(connection);
        }
    }

    static int version(Path database) {
        return Integer.parseInt(
                TestDatabase.rows(database, "PRAGMA user_version").get(0));
    }

    /** Copies a database as a kill would leave it now, with what is in its write-ahead log. */
    static Path copy(Path database, Path folder) {
        try {
            Path copy = Files.createDirectory(folder).resolve("server.db");
            Files.copy(database, copy);
            Path journal = database.resolveSibling("server.db-wal");
            if (Files.exists(journal)) {
                Files.copy(journal, copy.resolveSibling("server.db-wal"));
            }
            return copy;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What is in an upgraded database, digested. */
    static List<String> contents(Path database) {
        return CONTENTS.stream().flatMap(sql -> digests(database, sql).stream()).toList();
    }

    /** The logs of an upgraded database, digested. */
    static List<String> log(Path database) {
        return digests(database, CONTENTS.get(0));
    }

    /** The logs of a database that is not upgraded, digested. */
    static List<String> oldLog(Path database) {
        return digests(database, OLD_LOG);
    }

    private static List<String> digests(Path database, String sql) {
        return TestDatabase.rows(database, sql).stream()
                .map(row -> Sha256.of(row.getBytes(StandardCharsets.UTF_8)).hex())
                .toList();
    }
}
