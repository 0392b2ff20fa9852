package io.verstak.server.storage.vault;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.TestDatabase;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process that removes a deleted vault for good is killed after any of its transactions. */
@Timeout(120)
class KilledRemovalTest {
    private static final int BLOBS = 2500;

    @TempDir
    private Path data;

    @Test
    void a_killed_removal_goes_on_and_takes_nothing_of_another_vault() throws Exception {
        makeVaults();
        for (int lines : new int[] {1, 4, 9}) {
            Process process = begin();
            try (BufferedReader out = process.inputReader();
                    OutputStream permission = process.getOutputStream()) {
                for (int i = 0; i < lines; i++) {
                    assertThat(out.readLine()).isNotNull();
                    permission.write(1);
                    permission.flush();
                }
                // It is about to begin, or in the midst of, the next transaction.
                process.destroyForcibly();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(rows("SELECT user_id, (SELECT COUNT(*) FROM devices WHERE scope_id = 7),"
                            + " (SELECT SUM(bytes) FROM blob_usage WHERE user_id = 'u') FROM scopes WHERE id = 7"))
                    .containsExactly("removed 7|0|1");
            assertThat(rows("SELECT u.bytes - (SELECT COUNT(*) FROM blob_refs r WHERE r.scope_id = 7)"
                            + " FROM blob_usage u WHERE u.scope_id = 7"))
                    .containsExactly("0");
        }

        Process last = begin();
        last.getOutputStream().close();
        assertThat(last.inputReader().lines().toList()).isNotEmpty();
        assertThat(last.waitFor()).isZero();

        for (String table : List.of("devices", "blob_refs", "blob_usage", "vault_ranks", "uploads")) {
            assertThat(rows("SELECT scope_id FROM " + table)).as(table).doesNotContain("7");
        }
        assertThat(rows("SELECT id, vault_id, name FROM scopes")).containsExactly("8|kept|Kept");
        assertThat(rows("SELECT (SELECT COUNT(*) FROM devices), (SELECT COUNT(*) FROM blob_refs), devices FROM users"))
                .containsExactly("1|1|1");
        assertThat(rows("SELECT COUNT(*) FROM audit_log WHERE type = 'vault_removed'"))
                .containsExactly("1");
    }

    private void makeVaults() throws IOException {
        Vertx vertx = Vertx.vertx();
        try (DataDirectory directory = DataDirectory.open(data)) {
            await(SqliteDatabase.open(vertx, directory, 1, () -> {}).close());
        }
        await(vertx.close());
        String device =
                "INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix,"
                        + " created_at) VALUES ('dev %1$s', 'u', %1$s, '', '', 'hash %1$s', '', '', 1)";
        TestDatabase.execute(
                data.resolve("server.db"),
                "INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)"
                        + " VALUES ('u', 'u', 'u', 'u@x', 'u@x', '', 1)",
                "INSERT INTO scopes (id, user_id, vault_id, log_id, created_at, name, delete_after)"
                        + " VALUES (7, 'u', 'deleted', 'a', 1, 'Deleted', 2), (8, 'u', 'kept', 'b', 1, 'Kept', NULL)",
                device.formatted(7),
                device.formatted(8),
                "INSERT INTO connection_codes (code_hash, user_id, epoch, vault_id, created_at, expires_at)"
                        + " VALUES ('c', 'u', 0, 'deleted', 1, 2)",
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + BLOBS + ")"
                        + " INSERT INTO blob_refs (scope_id, sha256, size, created_at) SELECT 7, printf('%064x', i), 1, 1 FROM n",
                "INSERT INTO blob_refs (scope_id, sha256, size, created_at) VALUES (8, printf('%064x', 1), 1, 1)",
                "INSERT INTO blob_usage (scope_id, user_id, bytes) VALUES (7, 'u', " + BLOBS + "), (8, 'u', 1)");
    }

    private List<String> rows(String sql) {
        return TestDatabase.rows(data.resolve("server.db"), sql);
    }

    private Process begin() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RemovalProcess.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
