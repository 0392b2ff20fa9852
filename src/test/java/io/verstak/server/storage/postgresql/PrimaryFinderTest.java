package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a standby among the hosts, connections go to the primary, wherever it is. */
class PrimaryFinderTest {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private EmbeddedPostgres standby;

    /** A server that replays a log nobody sends it: it can be read and not written to. */
    @BeforeEach
    void aStandby() throws Exception {
        Path data = folder.resolve("data");
        EmbeddedPostgres.builder()
                .setPort(FreePort.any())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start()
                .close();
        Files.createFile(data.resolve("standby.signal"));
        standby = EmbeddedPostgres.builder()
                .setPort(FreePort.any())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start();
    }

    @AfterEach
    void close() throws Exception {
        standby.close();
        await(vertx.close());
    }

    @Test
    void a_standby_alone_is_refused() {
        assertThatThrownBy(() -> PostgresDatabase.open(vertx, hosts("127.0.0.1:" + standby.getPort()), 2))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("this is a standby, which cannot be written to; name the primary");
    }

    @Test
    void the_primary_is_found_behind_a_standby_and_a_dead_host() {
        PrimaryFinder finder =
                finder("127.0.0.1:1", "127.0.0.1:" + standby.getPort(), "127.0.0.1:" + TestPostgres.port());

        assertThat(await(finder.get()).getPort()).isEqualTo(TestPostgres.port());
    }

    @Test
    void a_standby_that_is_promoted_is_found_with_the_next_connection() throws Exception {
        PrimaryFinder finder = finder("127.0.0.1:1", "127.0.0.1:" + standby.getPort());
        assertThatThrownBy(() -> await(finder.get()))
                .hasMessageContaining("none of the hosts is a primary")
                .hasMessageContaining("127.0.0.1:1: nothing answers there")
                .hasMessageContaining("127.0.0.1:" + standby.getPort() + ": a standby");

        try (Connection connection = standby.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_promote()");
        }

        assertThat(await(finder.get()).getPort()).isEqualTo(standby.getPort());
    }

    private PrimaryFinder finder(String... hosts) {
        return new PrimaryFinder(vertx, hosts(hosts), Map.of());
    }

    private static PostgresAccess hosts(String... hosts) {
        return new PostgresAccess("postgresql://" + String.join(",", hosts) + "/postgres", "postgres", "", "");
    }
}
