package io.verstak.server.storage.vault;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log of PostgreSQL does not take turns with those who delete. */
class OrphanedVaultCleanerTest {
    private final Vertx vertx = Vertx.vertx();
    private final PostgresAccess access = TestPostgres.newDatabaseWithSchema();
    private final Database database = PostgresDatabase.open(vertx, access, 2);

    @BeforeEach
    void addVaultOfDeletedUser() {
        TestPostgres.execute(
                access,
                "INSERT INTO scopes (id, user_id, vault_id, log_id, created_at) VALUES (7, 'gone', 'v', 'log', 1)");
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
        TestPostgres.drop(access);
    }

    @Test
    void a_push_that_has_begun_leaves_nothing_of_a_vault_that_is_deleted_meanwhile() throws SQLException {
        OrphanedVaultCleaner cleaner = new OrphanedVaultCleaner(database);
        Future<Integer> deleted;
        try (Connection push = TestPostgres.connect(access);
                Statement statement = push.createStatement()) {
            push.setAutoCommit(false);
            statement.execute("SELECT id FROM scopes WHERE id = 7 FOR NO KEY UPDATE");
            deleted = cleaner.deleteSlice();
            awaitOneThatWaits();
            statement.execute("INSERT INTO chunks (scope_id, last_seq, chain, head, body) VALUES (7, 1, '', '', '')");
            statement.execute("INSERT INTO op_keys (scope_id, seq, op_key, entity_key, device_key, prev_other)"
                    + " VALUES (7, 1, 1, 1, 1, 0)");
            push.commit();
        }
        while (await(deleted) > 0) {
            deleted = cleaner.deleteSlice();
        }

        for (String table : List.of("scopes", "chunks", "op_keys")) {
            assertThat(TestPostgres.rows(access, "SELECT COUNT(*) FROM " + table))
                    .as(table)
                    .containsExactly("0");
        }
    }

    private void awaitOneThatWaits() {
        String waiting =
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!TestPostgres.rows(access, waiting).contains("1")) {
            if (System.nanoTime() > end) {
                throw new AssertionError("nothing waits for the push");
            }
        }
    }
}
