package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.SelfSigned;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code database.tls} and {@code database.caFile} mean to a PostgreSQL whose certificate is for {@code localhost}. */
class PostgresEncryptionTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static SelfSigned certificate;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedPostgres server;

    private static final Vertx VERTX = Vertx.vertx();

    @BeforeAll
    static void start() throws Exception {
        certificate = SelfSigned.in(folder);
        // PostgreSQL reads its key in the data directory, which belongs to its user.
        server = EmbeddedPostgres.builder()
                .setPort(FreePort.any())
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", "server.crt")
                .setServerConfig("ssl_key_file", "server.key")
                .setServerConfig("synchronous_commit", "on")
                .setDataDirectoryCustomizer(data -> {
                    copy(certificate.certificate(), data.toPath().resolve("server.crt"));
                    copy(certificate.key(), data.toPath().resolve("server.key"));
                })
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        await(VERTX.close());
        server.close();
    }

    @Test
    void require_encrypts_and_takes_any_certificate() {
        PostgresDatabase database = open("127.0.0.1", "require", "");

        assertThat(encrypted(database)).isTrue();
        await(database.close());
    }

    @Test
    void disable_does_not_encrypt() {
        PostgresDatabase database = open("127.0.0.1", "disable", "");

        assertThat(encrypted(database)).isFalse();
        await(database.close());
    }

    @Test
    void verify_full_takes_a_certificate_of_the_authority_for_the_host() {
        PostgresDatabase database =
                open("localhost", "verify-full", certificate.certificate().toString());

        assertThat(encrypted(database)).isTrue();
        await(database.close());
    }

    @Test
    void verify_full_refuses_an_unknown_authority_and_another_host() {
        assertThatThrownBy(() -> open("localhost", "verify-full", ""))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the encrypted connection failed")
                .hasMessageContaining("database.caFile");
        assertThatThrownBy(() -> open(
                        "127.0.0.1", "verify-full", certificate.certificate().toString()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the encrypted connection failed");
    }

    @Test
    void a_file_without_certificates_is_named() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");

        assertThatThrownBy(() -> open("localhost", "verify-full", empty.toString()))
                .isInstanceOf(StorageException.class)
                .hasMessage("database.caFile: cannot read certificates from %s: no certificate data found", empty);
        Path missing = folder.resolve("missing.pem");
        assertThatThrownBy(() -> open("localhost", "verify-full", missing.toString()))
                .isInstanceOf(StorageException.class)
                .hasMessage("database.caFile: cannot read certificates from %s: no such file or folder", missing);
    }

    private static PostgresDatabase open(String host, String tls, String caFile) {
        String url = "postgresql://%s:%s/postgres".formatted(host, server.getPort());
        return PostgresDatabase.open(
                VERTX, new PostgresAccess(url, "postgres", "", PostgresTls.of(tls, caFile), "", true), 1);
    }

    private static boolean encrypted(PostgresDatabase database) {
        return await(database.only(
                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", row -> row.getBoolean("ssl")));
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
