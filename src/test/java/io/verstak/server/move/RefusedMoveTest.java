package io.verstak.server.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a move does not do, each said in one line that leaves the data where it was. */
class RefusedMoveTest {
    @TempDir
    private Path folder;

    private void refused(Relocation server, Path from, Path to, String reason) {
        Map<String, List<String>> before = server.rows();
        CommandLineRun run = server.move(from, to);
        assertThat(run.exit()).as(run.toString()).isIn(1, 2);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(reason);
        assertThat(server.rows()).isEqualTo(before);
    }

    @Test
    void a_database_that_has_data_is_refused() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        try (TestServer other = server.serveShared(folder.resolve("other"))) {
            assertThat(other.port()).isPositive();
        }
        TestPostgres.execute(
                server.access(),
                "INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)"
                        + " VALUES ('u', 'u', 'u', '', '', '', 0)");
        refused(server, server.sqlite(), server.postgres(), "already holds a server's data (1 user, 0 vaults)");

        TestPostgres.execute(server.access(), "DELETE FROM users");
        server.there(Relocation.unwatched());
        assertThatThrownBy(() -> server.there(Relocation.unwatched())).hasMessageContaining("was moved away before");
    }

    @Test
    void a_server_or_a_node_that_runs_is_refused() {
        Relocation server = Relocation.in(folder, 10);
        try (TestServer running = server.serveEmbedded()) {
            assertThat(running.port()).isPositive();
            CommandLineRun run = server.move(server.sqlite(), server.postgres());
            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err()).contains("another verstak-server process uses this data directory");
        }
        assertThat(server.move(server.sqlite(), server.postgres()).exit()).isZero();
        TestPostgres.execute(
                server.access(),
                "INSERT INTO nodes (name, incarnation, version, schema, address, started_at, seen_at)"
                        + " SELECT 'b', '', '', 0, '', millis, millis FROM database_clock");

        assertThat(server.move(server.postgres(), server.sqlite()).err()).contains("node b uses the database");
        assertThat(server.database()).doesNotExist();
        assertThat(server.data().resolve("server.db.new")).doesNotExist();
    }

    @Test
    void another_key_is_refused() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        Path other = folder.resolve("other");
        Files.createDirectory(other);
        Files.write(other.resolve("secret.key"), new byte[32]);
        Path next = server.write(folder.resolve("other.json"), server.onPostgres(other));

        refused(server, server.sqlite(), next, "holds another key than");
    }

    @Test
    void a_key_that_cannot_be_copied_is_to_be_copied_by_a_person() {
        Relocation server = Relocation.in(folder, 10);
        Path key = folder.resolve("no/folder/secret.key");
        String text = server.onPostgres(server.data());
        Path next = server.write(
                folder.resolve("key.json"),
                text.substring(0, text.length() - 1) + ",\"secrets\":{\"keyFile\":\"" + key + "\"}}");

        refused(server, server.sqlite(), next, "copy " + server.data().resolve("secret.key") + " there yourself");
    }

    @Test
    void a_move_needs_one_postgresql_that_answers_and_lets_in() {
        Relocation server = Relocation.in(folder, 10);
        String text = server.onPostgres(server.data());
        Path away = server.write(folder.resolve("away.json"), text.replace(":" + TestPostgres.port() + "/", ":1/"));
        Path none = server.write(
                folder.resolve("none.json"),
                text.replace(TestPostgres.name(server.access()) + "\"", "no_such_database\""));

        refused(server, server.sqlite(), server.sqlite(), "neither configuration names a PostgreSQL");
        refused(server, server.postgres(), server.postgres(), "both configurations name a PostgreSQL");
        refused(server, server.sqlite(), away, "database.url");
        refused(server, server.sqlite(), none, "no such database");

        Path fresh = folder.resolve("fresh");
        Path back = server.write(folder.resolve("back.json"), "{\"storage\":{\"dataDir\":\"%s\"}}".formatted(fresh));
        Path nowhere = server.write(
                folder.resolve("nowhere.json"),
                server.onPostgres(fresh).replace(":" + TestPostgres.port() + "/", ":1/"));
        refused(server, nowhere, back, "database.url");
        assertThat(fresh.resolve("server.db.new")).doesNotExist();
    }

    @Test
    void a_server_does_not_start_where_the_data_was_or_is_not_yet() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        assertThatThrownBy(() -> server.there(Relocation.stoppingAfter(3))).isInstanceOf(Relocation.Stop.class);
        Path other = folder.resolve("other");
        assertThatThrownBy(() -> server.serveShared(other)).hasStackTraceContaining("has not ended");

        server.there(Relocation.unwatched());
        assertThatThrownBy(server::serveEmbedded).hasStackTraceContaining("the data was moved to another database");

        assertThatThrownBy(() -> server.back(Relocation.stoppingAfter(3))).isInstanceOf(Relocation.Stop.class);
        assertThatThrownBy(server::serveEmbedded).hasStackTraceContaining("was not finished");
        server.back(Relocation.unwatched());
        assertThatThrownBy(() -> server.serveShared(other)).hasStackTraceContaining("the data was moved away, to");
        server.serveEmbedded().close();
    }

    @Test
    void a_character_that_postgresql_cannot_hold_is_replaced_and_named() {
        Relocation server = Relocation.in(folder, 10);
        TestDatabase.execute(
                server.database(),
                "UPDATE devices SET name = 'a' || char(0) || 'b' WHERE id = (SELECT MIN(id) FROM devices)");

        CommandLineRun run = server.move(server.sqlite(), server.postgres());

        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.out()).contains("REPLACED U+0000 by U+FFFD in devices dev_000000000000000000000000 name");
        assertThat(TestPostgres.rows(server.access(), "SELECT name FROM devices ORDER BY id LIMIT 1"))
                .containsExactly("a\uFFFDb");
    }

    @Test
    void a_full_disk_stops_a_move_and_the_next_one_continues() throws Exception {
        Relocation server = Relocation.in(folder, 10);
        assertThatThrownBy(() -> server.there(Relocation.stoppingAfter(3))).isInstanceOf(Relocation.Stop.class);
        TestPostgres.execute(
                server.access(),
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$",
                "CREATE TRIGGER no_room BEFORE INSERT ON chunks EXECUTE FUNCTION no_room()");
        refused(server, server.sqlite(), server.postgres(), "the disk of PostgreSQL is full");

        TestPostgres.execute(server.access(), "DROP TRIGGER no_room ON chunks");
        assertThat(server.there(Relocation.unwatched()).continued()).isTrue();
    }

    @Test
    void a_database_of_another_schema_is_refused() {
        Relocation server = Relocation.in(folder, 10);
        String current =
                TestDatabase.rows(server.database(), "PRAGMA user_version").get(0);
        TestDatabase.execute(server.database(), "PRAGMA user_version = 99");
        refused(server, server.sqlite(), server.postgres(), "server.db has schema 99");
        TestDatabase.execute(server.database(), "PRAGMA user_version = " + current);
        TestPostgres.execute(
                server.access(),
                "CREATE TABLE schema_version (version INTEGER NOT NULL)",
                "INSERT INTO schema_version VALUES (99)",
                "CREATE TABLE users ()",
                "CREATE TABLE scopes ()",
                "CREATE TABLE devices ()");
        refused(server, server.sqlite(), server.postgres(), "the database has schema 99");
    }
}
