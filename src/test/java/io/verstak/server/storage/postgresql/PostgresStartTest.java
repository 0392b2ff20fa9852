package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.config.DatabaseConfig;
import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that cannot be used is refused at the start with one line that says what to do, and nothing is changed in it. */
class PostgresStartTest {
    private static final String PASSWORD = "whale-tin-lantern-7";

    private final Vertx vertx = Vertx.vertx();
    private final PostgresAccess empty = TestPostgres.newDatabase();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void a_wrong_password_is_refused_without_being_shown() {
        TestPostgres.careful(PASSWORD);
        String wrong = "wrong-" + PASSWORD;

        await(open(new PostgresAccess(empty.url(), TestPostgres.CAREFUL, PASSWORD, ""))
                .close());
        for (String password : new String[] {wrong, ""}) {
            assertThatThrownBy(() -> open(new PostgresAccess(empty.url(), TestPostgres.CAREFUL, password, "")))
                    .isInstanceOf(StorageException.class)
                    .message()
                    .contains(
                            "database.url " + empty.url(),
                            "password of user " + TestPostgres.CAREFUL + " is wrong",
                            "database.passwordFile")
                    .doesNotContain(wrong, "\n");
        }
        assertThat(new PostgresAccess(empty.url(), TestPostgres.CAREFUL, PASSWORD, "").toString())
                .doesNotContain(PASSWORD);
    }

    @Test
    void a_database_that_does_not_exist_is_named_with_the_command_that_makes_it() {
        refused(with(empty.url() + "_none"), "CREATE DATABASE " + TestPostgres.name(empty) + "_none OWNER postgres");
    }

    @Test
    void the_database_of_another_program_is_refused_and_stays_as_it_was() {
        TestPostgres.execute(empty, "CREATE TABLE schema_version (version INTEGER)", "CREATE TABLE users (id TEXT)");

        refused(empty, "schema public has tables of another program");
        assertThat(TestPostgres.rows(
                        empty,
                        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
                .containsExactlyInAnyOrder("schema_version", "users");
    }

    @Test
    void what_extensions_bring_is_not_another_program() {
        TestPostgres.execute(empty, "CREATE EXTENSION pg_stat_statements");

        await(open(empty).close());
        await(open(empty).close());
    }

    @Test
    void acknowledging_before_the_disk_has_it_is_refused() {
        TestPostgres.executeOutside("ALTER DATABASE " + TestPostgres.name(empty) + " SET synchronous_commit = off");

        refused(empty, "synchronous_commit is off");
    }

    @Test
    void a_database_of_another_encoding_is_refused() {
        TestPostgres.executeOutside("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");

        refused(with("postgresql://127.0.0.1:%s/latin".formatted(TestPostgres.port())), "stores text as LATIN1");
    }

    @Test
    void a_missing_right_is_named_with_the_command_that_gives_it() {
        TestPostgres.execute(empty, "CREATE ROLE weak LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        PostgresAccess weak = new PostgresAccess(empty.url(), "weak", "", "");

        refused(weak, "GRANT CREATE ON SCHEMA public TO weak");
        TestPostgres.execute(empty, "GRANT CREATE ON SCHEMA public TO weak");
        refused(weak, "CREATE EXTENSION pg_trgm");
        TestPostgres.execute(empty, "CREATE EXTENSION pg_trgm");
        await(open(weak).close());
    }

    @Test
    void an_older_postgresql_is_refused() {
        PostgresRequirements old = new PostgresRequirements(
                120022, "12.22 (Debian)", "UTF8", "on", true, true, false, "public", true, false, true, true, true);

        assertThat(old.problem("verstak"))
                .hasValue("PostgreSQL 12.22 (Debian) is too old; version 13 or newer is needed");
    }

    @Test
    void a_host_that_does_not_answer_is_named() throws Exception {
        // Bound, so that nobody else is given the port, but not listening.
        try (Socket dead = new Socket()) {
            dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            refused(with("postgresql://127.0.0.1:%s/verstak".formatted(dead.getLocalPort())), "nothing answers there");
        }
        refused(with("postgresql://no-such-host.invalid/verstak"), "the host name cannot be resolved");
    }

    @Test
    void a_postgresql_that_is_slow_to_answer_is_waited_for() throws Exception {
        NetClient client = vertx.createNetClient();
        AtomicInteger connections = new AtomicInteger();
        NetServer proxy = await(vertx.createNetServer()
                .connectHandler(incoming -> {
                    // The first one is accepted and never answered, as by a machine that starts.
                    if (connections.incrementAndGet() > 1) {
                        incoming.pause();
                        client.connect(TestPostgres.port(), "127.0.0.1").onSuccess(outgoing -> {
                            incoming.pipeTo(outgoing);
                            outgoing.pipeTo(incoming);
                        });
                    }
                })
                .listen(0, "127.0.0.1"));

        // The other host is gone: what is waited for is the one that may yet turn out to be the primary.
        await(open(with("postgresql://127.0.0.1:1,127.0.0.1:%s/%s"
                        .formatted(proxy.actualPort(), TestPostgres.name(empty))))
                .close());
        assertThat(connections.get()).isGreaterThan(1);
    }

    @Test
    void encryption_never_falls_back() {
        PostgresAccess encrypted =
                new PostgresAccess(empty.url(), empty.user(), "", PostgresTls.of("require", ""), "", true);

        refused(encrypted, "PostgreSQL encrypts no connections", "database.tls");
    }

    @Test
    void a_password_file_that_cannot_be_read_is_one_line() throws Exception {
        Path file = folder.resolve("password");
        DatabaseConfig config = new DatabaseConfig(
                empty.url(), "postgres", file.toString(), "disable", "", 2, 1, false, "auto", "auto");

        assertThatThrownBy(() -> PostgresAccess.of(config, ""))
                .isInstanceOf(StorageException.class)
                .hasMessage("database.passwordFile: cannot read %s: no such file or folder", file);
        Files.writeString(file, PASSWORD + "\n");
        assertThat(PostgresAccess.of(config, "").password()).isEqualTo(PASSWORD);
    }

    private static PostgresAccess with(String url) {
        return new PostgresAccess(url, "postgres", "", "");
    }

    private PostgresDatabase open(PostgresAccess access) {
        return PostgresDatabase.open(vertx, access, 2);
    }

    private void refused(PostgresAccess access, String... words) {
        assertThatThrownBy(() -> open(access))
                .isInstanceOf(StorageException.class)
                .message()
                .contains(words)
                .startsWith("database.url " + access.url() + ": ")
                .doesNotContain("\n");
    }
}
