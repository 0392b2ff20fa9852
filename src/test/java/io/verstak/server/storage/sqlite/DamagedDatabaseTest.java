package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Refused;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A database whose pages somebody or something has overwritten. */
class DamagedDatabaseTest {
    private static final String DAMAGED = "server.db is damaged";
    private static final String TEXT = "text ".repeat(200);
    private static final int NOTES = 300;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @Test
    void once_damage_has_shown_nothing_is_acknowledged_until_a_start_finds_the_database_whole() throws Exception {
        LOG.expectError(DAMAGED);
        try (TestServer server = TestServer.start().withUser("anna").withAdministrator(AdminScript.NAME)) {
            Desktop desktop = filled(server);
            Sha256 blob = desktop.blobs().upload("a.txt", "bytes".getBytes(StandardCharsets.UTF_8));
            // From here on, no cache holds a page of the log.
            server.restart();
            Page whole = firstPageOfTheLog(server.database());
            whole.damaged().write();
            Desktop fresh = server.pair("anna", "v");

            assertThat(refusal(fresh::pull)).isEqualTo(503);

            assertThat(refusal(() -> desktop.make(OutboxOp.note("n", "lost")).push()))
                    .isEqualTo(503);
            assertThat(refusal(() -> server.pair("anna", "v"))).isEqualTo(503);
            assertThat(refusal(() -> desktop.blobs().upload("b.txt", "other".getBytes(StandardCharsets.UTF_8))))
                    .isEqualTo(503);
            Answer health = server.send(Request.get("/readyz"));
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.json().required("database_damaged").booleanValue())
                    .isTrue();
            assertThat(desktop.pull().cursor()).isEqualTo(NOTES);
            assertThat(desktop.blobs().download(blob)).asString().isEqualTo("bytes");
            assertThat(LOG.lines().stream().filter(line -> line.contains(DAMAGED)))
                    .hasSize(1);
            assertOverviewSaysWhatToDo(server);

            server.restart();
            assertThat(refusal(() -> desktop.push())).isEqualTo(503);
            assertOverviewSaysWhatToDo(server);

            server.whileStopped(data -> whole.write());
            desktop.push();
            assertThat(fresh.pull().cursor()).isEqualTo(NOTES + 1);
            assertThat(server.send(Request.get("/readyz")).status()).isEqualTo(200);
            assertThat(server.data().resolve("server.db.damaged")).doesNotExist();
        }
    }

    @Test
    void a_log_that_lost_its_end_is_found_at_the_start() {
        LOG.expectError(DAMAGED);
        try (TestServer server = TestServer.start().withUser("anna")) {
            Desktop desktop = filled(server);
            server.whileStopped(data -> TestDatabase.execute(
                    server.database(), "DELETE FROM chunks WHERE id = (SELECT MAX(id) FROM chunks)"));

            assertThat(refusal(() -> desktop.make(OutboxOp.note("n", "lost")).push()))
                    .isEqualTo(503);
            assertThat(server.send(Request.get("/readyz")).status()).isEqualTo(503);
        }
    }

    @Test
    void a_damaged_database_of_an_earlier_release_is_not_said_to_need_a_start(@TempDir Path folder) throws Exception {
        LOG.expectError(DAMAGED);
        Vertx vertx = Vertx.vertx();
        try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
            try (Connection connection = Sqlite.writer(directory.database()).getConnection()) {
                Migrations.run(connection, 14);
            }
            firstPage(directory.database(), "ops").damaged().write();

            assertThatThrownBy(() -> SqliteDatabase.open(vertx, directory, 1, () -> {}))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContainingAll(DAMAGED, "schema 14", "verstak-server restore", "The release before")
                    .hasMessageNotContaining("Start the server once");
        } finally {
            Futures.await(vertx.close());
        }
    }

    @Test
    void a_damaged_database_does_not_flood_the_log() throws Exception {
        LOG.expectError(DAMAGED);
        try (TestServer server = TestServer.start().withUser("anna").withAdministrator(AdminScript.NAME)) {
            Desktop desktop = filled(server);
            server.whileStopped(
                    data -> firstPageOfTheLog(server.database()).damaged().write());
            Desktop again = Desktop.paired(server::port, desktop.id(), desktop.token(), 0);

            for (int i = 0; i < 20; i++) {
                assertThat(refusal(again::pull)).isEqualTo(503);
                server.send(Request.get("/readyz"));
            }

            assertThat(LOG.lines().stream().filter(line -> line.contains(DAMAGED)))
                    .hasSize(1);
            assertThat(LOG.lines().stream().filter(line -> line.contains("damaged")))
                    .hasSizeLessThan(8);
        }
    }

    private static Desktop filled(TestServer server) {
        Desktop desktop = server.pair("anna", "v");
        for (int i = 0; i < NOTES; i++) {
            desktop.make(OutboxOp.note("n" + i, TEXT));
        }
        return desktop.push().pull();
    }

    private static void assertOverviewSaysWhatToDo(TestServer server) {
        Visitor visitor = new Visitor(server);
        visitor.send("/admin/login", "/admin/login", "username=" + AdminScript.NAME, "password=" + TestServer.PASSWORD);
        for (String page : List.of("/admin/dashboard", "/admin/storage", "/admin/diagnostics")) {
            assertThat(visitor.get(page).status()).as(page).isEqualTo(200);
        }
        assertThat(visitor.get("/admin/api/stats").status()).isEqualTo(200);
        assertThat(visitor.get("/admin/dashboard").text())
                .contains("The database is damaged", "verstak-server verify", "verstak-server restore");
    }

    private static int refusal(Runnable call) {
        Refused refused = catchThrowableOfType(Refused.class, call::run);
        return refused == null ? 200 : refused.status();
    }

    /** A page of a database's file. */
    private record Page(Path database, long offset, ByteBuffer bytes) {
        Page damaged() {
            return new Page(database, offset, ByteBuffer.allocate(bytes.capacity()));
        }

        void write() {
            try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
                file.write(bytes.duplicate().clear(), offset);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The one with the first operations; all pages are in the file then. */
    private static Page firstPageOfTheLog(Path database) {
        return firstPage(database, "chunks");
    }

    private static Page firstPage(Path database, String table) {
        TestDatabase.execute(database, "PRAGMA wal_checkpoint(TRUNCATE)");
        long offset = ofFirstLeaf(database, table, "pgoffset");
        ByteBuffer bytes = ByteBuffer.allocate((int) ofFirstLeaf(database, table, "pgsize"));
        try (FileChannel file = FileChannel.open(database, StandardOpenOption.READ)) {
            file.read(bytes, offset);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Page(database, offset, bytes);
    }

    private static long ofFirstLeaf(Path database, String table, String column) {
        return Long.parseLong(TestDatabase.rows(
                        database,
                        "SELECT " + column + " FROM dbstat WHERE name = '" + table
                                + "' AND pagetype = 'leaf' ORDER BY path LIMIT 1")
                .get(0));
    }
}
