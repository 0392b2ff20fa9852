package io.verstak.server.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.Main;
import io.verstak.server.testkit.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process of a move is killed while PostgreSQL waits in the midst of it. */
@Timeout(300)
class KilledMoveTest {
    private static final long GATE = 42;

    @TempDir
    private Path folder;

    @Test
    void a_killed_process_costs_no_row_in_either_direction() throws Exception {
        Relocation server = Relocation.in(folder, 3000);
        Map<String, List<String>> before = server.rows();
        assertThatThrownBy(() -> server.there(Relocation.stoppingAfter(0))).isInstanceOf(Relocation.Stop.class);
        for (String table : List.of("blob_refs", "devices", "chunks")) {
            kill(server, table);
            assertThat(server.database()).exists();
        }
        assertThat(server.there(Relocation.unwatched()).continued()).isTrue();

        Process back = begin(server.postgres(), server.sqlite());
        Path unfinished = server.data().resolve("server.db.new");
        while (back.isAlive() && (!Files.exists(unfinished) || Files.size(unfinished) == 0)) {
            Thread.onSpinWait();
        }
        end(back);
        if (!Files.exists(server.database())) {
            server.back(Relocation.unwatched());
        }
        assertThat(server.rows()).isEqualTo(before);
    }

    /** Kills a move that adds rows to a table. */
    private void kill(Relocation server, String table) throws Exception {
        TestPostgres.execute(
                server.access(),
                "CREATE OR REPLACE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM pg_advisory_xact_lock(" + GATE + "); RETURN NULL; END $$",
                "CREATE TRIGGER gate AFTER INSERT ON " + table + " EXECUTE FUNCTION gate()");
        try (AutoCloseable held = TestPostgres.hold(server.access(), GATE)) {
            assertThat(held).isNotNull();
            Process process = begin(server.sqlite(), server.postgres());
            while (TestPostgres.rows(
                                    server.access(),
                                    "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'"
                                            + " AND datname = current_database()")
                            .isEmpty()
                    && process.isAlive()) {
                Thread.onSpinWait();
            }
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("move.log")))
                    .isTrue();
            end(process);
            TestPostgres.execute(
                    server.access(),
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE wait_event = 'advisory'"
                            + " AND datname = current_database()");
        }
        TestPostgres.execute(server.access(), "DROP TRIGGER gate ON " + table);
    }

    private Process begin(Path from, Path to) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "move",
                        "--config",
                        from.toString(),
                        "--to",
                        to.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("move.log").toFile())
                .start();
    }

    private static void end(Process process) throws Exception {
        process.destroyForcibly();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
}
