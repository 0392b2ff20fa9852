package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Debian's pgbouncer before PostgreSQL: a node says at its start that it needs sessions of its own, whatever the pooler is told. */
class PoolerTest {
    private final PostgresAccess database = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init") // by each test
    private Process pooler;

    @AfterEach
    void stop() throws Exception {
        pooler.destroy();
        assertThat(pooler.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Futures.await(vertx.close());
        TestPostgres.drop(database);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "transaction |",
                "transaction | statement_timeout,lock_timeout,idle_in_transaction_session_timeout",
                "session     | statement_timeout,lock_timeout,idle_in_transaction_session_timeout"
            })
    void a_pooler_is_named_in_one_line_and_nothing_is_changed(String mode, String ignored) throws Exception {
        PostgresAccess pooled = start(mode, ignored);

        assertThatThrownBy(() -> PostgresDatabase.open(vertx, pooled, 2))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("database.url " + pooled.url() + ": a pooler such as pgbouncer is in between")
                .hasMessageContaining("name PostgreSQL itself")
                .hasMessageNotContaining("\n");

        assertThat(TestPostgres.rows(database, "SELECT relname FROM pg_class WHERE relname = 'users'"))
                .isEmpty();
    }

    private PostgresAccess start(String mode, String ignored) throws IOException {
        int port = FreePort.any();
        Path users = Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n");
        Path config = Files.writeString(folder.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %s
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                pool_mode = %s
                ignore_startup_parameters = %s
                """.formatted(
                        TestPostgres.port(), port, users, mode, ignored == null ? "" : ignored));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            // It refuses to run as root.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        command.addAll(List.of("pgbouncer", config.toString()));
        pooler = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Blobs.until(() -> answers(port));
        return new PostgresAccess(
                "postgresql://127.0.0.1:" + port + "/" + TestPostgres.name(database), "postgres", "", "");
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
