package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.Main;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.sqlite.conversion.ConversionSize;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OldDirectory;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the release with schema 19, upgraded by this one. */
class LogConversionTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void the_directory_of_that_release() throws IOException {
        OldDirectory.unpack(folder);
        data = folder.resolve("data");
    }

    @Test
    void every_request_is_answered_as_the_release_before_did() throws Exception {
        JsonNode exchanges =
                new JsonMapper().readTree(folder.resolve("exchanges.json").toFile());
        assertThat(exchanges).hasSizeGreaterThan(150);
        MutableClock clock = new MutableClock();
        clock.advance(Duration.between(clock.instant(), OldDirectory.MADE));
        try (TestServer server = TestServer.start(clock, settings())) {
            for (JsonNode exchange : exchanges) {
                String body = exchange.required("body").textValue();
                Answer answer =
                        server.send(Request.post(exchange.required("path").textValue(), body)
                                .bearer(exchange.required("token").textValue()));

                assertThat(answer.status())
                        .as(body)
                        .isEqualTo(exchange.required("status").intValue());
                assertThat(answer.text())
                        .as(body)
                        .isEqualTo(exchange.required("answer").textValue());
            }
        }
        assertSound();
    }

    @Test
    void an_upgraded_database_is_sound_and_has_no_old_tables() throws SQLException {
        upgrade();

        assertThat(TestDatabase.rows(
                        database(), "SELECT name FROM sqlite_master WHERE name IN ('ops', 'op_keys', 'entities')"))
                .isEmpty();
        assertThat(SteppedUpgrade.version(database())).isEqualTo(Migrations.current());
        assertThat(TestDatabase.rows(database(), "SELECT SUM(length(head) / 32) FROM chunks"))
                .containsExactly("416");
        assertThat(LOG.lines()).noneMatch(line -> line.contains("server.db is being upgraded"));
        assertSound();
    }

    @Test
    void a_conversion_killed_anywhere_is_continued_to_the_same_end() throws Exception {
        begin();
        List<Path> kills = new ArrayList<>();
        SteppedUpgrade.convert(database(), percent -> kills.add(copy(kills.size())));
        assertThat(kills).hasSizeGreaterThan(20);
        List<String> end = SteppedUpgrade.contents(database());

        for (int i = 0; i < kills.size(); i += Math.max(1, kills.size() / 12)) {
            SteppedUpgrade.convert(kills.get(i), percent -> {});

            assertThat(SteppedUpgrade.contents(kills.get(i))).as("kill %s", i).isEqualTo(end);
        }
    }

    @Test
    void a_disk_that_fills_up_leaves_a_database_that_continues() throws Exception {
        begin();
        Path whole = copy(1);
        SteppedUpgrade.convert(whole, percent -> {});
        for (int pages = 1; pages < 20; pages += 6) {
            try (Connection connection = SteppedUpgrade.connect(database());
                    Statement statement = connection.createStatement()) {
                long now = statement.executeQuery("PRAGMA page_count").getLong(1);
                statement.execute("PRAGMA max_page_count = " + (now + pages));
                assertThatThrownBy(() ->
                                Migrations.convert(connection, UpgradeProgress.unwatched(), SteppedUpgrade.SMALL_PIECE))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContainingAll("disk of server.db is full", "MiB", "start again");
            }
        }

        SteppedUpgrade.convert(database(), percent -> {});

        assertThat(SteppedUpgrade.contents(database())).isEqualTo(SteppedUpgrade.contents(whole));
    }

    @Test
    void an_upgrade_does_not_begin_without_room_for_it() throws SQLException {
        try (Connection connection = SteppedUpgrade.connect(database())) {
            ConversionSize size = ConversionSize.of(connection);

            assertThat(size.operations()).isEqualTo(416);
            assertThatThrownBy(() -> size.requireSpace("server.db", 100_000))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContainingAll("needs 3 MiB", "1 MiB are free", "make 3 MiB more free and start again");
            size.requireSpace("server.db", 3 << 20);
        }
    }

    @Test
    void what_was_damaged_before_is_kept_byte_for_byte_and_told_once() throws Exception {
        TestDatabase.execute(
                database(),
                "UPDATE ops SET json = CAST('\"op_id\": what' AS BLOB) WHERE scope_id = 2 AND seq = 17",
                "UPDATE ops SET device_key = 5 WHERE scope_id = 2 AND seq = 60");

        upgrade();

        String found = "vault 2, sequence 17: this operation, or the one before it, is not the one that was stored"
                + " (and 1 more)";
        assertThat(TestDatabase.rows(
                        database(),
                        "SELECT user_id = (SELECT id FROM users WHERE username = 'boris'), message"
                                + " FROM audit_log WHERE type = 'log_damaged'"))
                .containsExactly("1|" + found);
        assertThat(LOG.lines().stream().filter(line -> line.contains(found))).hasSize(1);
        assertThat(
                        TestDatabase.rows(
                                database(),
                                "SELECT COUNT(*) FROM chunks WHERE instr(body, '{\"server_sequence\":17,\"op_id\": what},') > 0"))
                .containsExactly("1");
        assertThat(damage())
                .hasSize(2)
                .anyMatch(line -> line.contains("vault 2, sequence 17:"))
                .anyMatch(line -> line.contains("vault 2, sequence 60:"));
    }

    @Test
    void a_log_that_had_lost_its_end_is_damaged_after_the_upgrade_too() throws Exception {
        LOG.expectError("server.db is damaged");
        TestDatabase.execute(database(), "DELETE FROM ops WHERE scope_id = 2 AND seq = 1005001");

        try (TestServer server = TestServer.start(settings())) {
            assertThat(server.send(Request.get("/readyz"))
                            .json()
                            .required("database_damaged")
                            .booleanValue())
                    .isTrue();
        }
        assertThat(TestDatabase.rows(database(), "SELECT message FROM audit_log WHERE type = 'log_damaged'"))
                .containsExactly("vault 2, sequence 1005001: is the head, but the last operation is 1000276;"
                        + " 277 operations are counted, 276 are there");
    }

    @Test
    void a_log_with_another_last_digest_is_damaged_after_the_upgrade_too() throws Exception {
        TestDatabase.execute(database(), "UPDATE scopes SET chain = zeroblob(32) WHERE id = 5");

        upgrade();

        try (Connection connection = SteppedUpgrade.connect(database())) {
            assertThat(StartupCheck.end(connection)).contains("the log of vault 5 does not end as it was left");
        }
        assertThat(damage()).singleElement().asString().contains("vault 5, sequence 4", "digest");
    }

    @Test
    void a_log_that_cannot_be_read_is_not_upgraded_and_left_as_it_is() throws Exception {
        List<String> before = TestDatabase.rows(database(), "SELECT scope_id, seq, hex(chain) FROM ops");
        List<String> ends = TestDatabase.rows(database(), "SELECT id, hex(chain) FROM scopes ORDER BY id");
        long offset = Long.parseLong(TestDatabase.rows(
                        database(),
                        "SELECT pgoffset FROM dbstat WHERE name = 'ops' AND pagetype = 'leaf' ORDER BY path DESC LIMIT 1")
                .get(0));
        byte[] page = new byte[100];
        try (RandomAccessFile file = new RandomAccessFile(database().toFile(), "rw")) {
            file.seek(offset);
            file.readFully(page);
            file.seek(offset);
            file.write(new byte[page.length]);
        }

        begin();
        assertThatThrownBy(() -> SteppedUpgrade.convert(database(), percent -> {}))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll(
                        "server.db is damaged", "is not upgraded", "verstak-server restore", "The release before");

        assertThat(SteppedUpgrade.version(database())).isEqualTo(Migrations.BEFORE_CHUNKS);
        assertThat(TestDatabase.rows(
                        database(), "SELECT name FROM sqlite_master WHERE name IN ('chunks', 'key_runs', 'key_parts')"))
                .isEmpty();
        assertThat(TestDatabase.rows(database(), "SELECT id, hex(chain) FROM scopes ORDER BY id"))
                .isEqualTo(ends);
        TestDatabase.execute(database(), "PRAGMA wal_checkpoint(TRUNCATE)");
        try (RandomAccessFile file = new RandomAccessFile(database().toFile(), "rw")) {
            file.seek(offset);
            file.write(page);
        }
        assertThat(TestDatabase.rows(database(), "SELECT scope_id, seq, hex(chain) FROM ops"))
                .isEqualTo(before);
        upgrade();
        assertSound();
    }

    @Test
    void the_vault_of_a_deleted_user_that_is_being_removed_is_not_damaged() throws Exception {
        TestDatabase.execute(
                database(),
                "DELETE FROM users WHERE username = 'anna'",
                "DELETE FROM ops WHERE scope_id = 1 AND seq IN (SELECT seq FROM ops WHERE scope_id = 1 LIMIT 50)");

        upgrade();

        assertThat(TestDatabase.rows(database(), "SELECT 1 FROM audit_log WHERE type = 'log_damaged'"))
                .isEmpty();
    }

    @Test
    void a_command_says_that_an_upgrade_has_not_ended() throws SQLException {
        begin();

        assertThat(CommandLineRun.of(Main.commandLine(), "verify", "--data", data.toString())
                        .err())
                .contains("has schema 20; this release expects " + Migrations.current()
                        + ". Start the server once to upgrade it");
    }

    private Map<String, String> settings() {
        return Map.of("storage.dataDir", data.toString());
    }

    private Path database() {
        return data.resolve("server.db");
    }

    private void upgrade() throws SQLException {
        try (Connection connection = SteppedUpgrade.connect(database())) {
            Migrations.run(connection);
        }
    }

    /** Leaves the database as a kill before the first piece does. */
    private void begin() throws SQLException {
        try (Connection connection = SteppedUpgrade.connect(database())) {
            Migrations.run(connection, Migrations.CONVERTING);
        }
    }

    private Path copy(int number) {
        return SteppedUpgrade.copy(database(), folder.resolve("kill-" + number));
    }

    private void assertSound() {
        assertThat(damage()).isEmpty();
    }

    private List<String> damage() {
        return CommandLineRun.of(Main.commandLine(), "verify", "--data", data.toString(), "--deep")
                .out()
                .lines()
                .filter(line -> line.startsWith("DAMAGED"))
                .toList();
    }
}
