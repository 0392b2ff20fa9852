package io.verstak.server;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.file.BlobFileStore;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobVerticleTest {
    @TempDir
    Path folder = Path.of("");

    private final Vertx vertx = Vertx.vertx();
    private DataDirectory directory;
    private Path leftover;

    @BeforeEach
    void leave() throws IOException {
        directory = DataDirectory.open(folder);
        leftover = Files.writeString(folder.resolve("tmp/upload-broken"), "x");
        Files.setLastModifiedTime(leftover, FileTime.from(Instant.now().minus(Duration.ofDays(400))));
    }

    @AfterEach
    void close() throws IOException {
        await(vertx.close());
        directory.close();
    }

    @Test
    void each_node_of_several_removes_what_broken_uploads_have_left_on_its_disk() {
        sweep(PostgresDatabase.open(vertx, TestPostgres.newDatabase(), 2));

        assertThat(leftover).doesNotExist();
    }

    @Test
    void the_only_server_leaves_that_to_its_clean_up() {
        sweep(SqliteDatabase.open(vertx, directory, 2, () -> {}));

        assertThat(leftover).exists();
    }

    private void sweep(Database database) {
        BlobFileStore backend = new BlobFileStore(vertx, directory, () -> {});
        BlobVerticle verticle = new BlobVerticle(
                vertx,
                new Bus(vertx, Duration.ofSeconds(10)),
                database,
                backend,
                ServerConfig::defaults,
                directory.leases(),
                "node",
                Clock.systemUTC());
        await(verticle.sweep());
        await(backend.close());
        await(database.close());
    }
}
