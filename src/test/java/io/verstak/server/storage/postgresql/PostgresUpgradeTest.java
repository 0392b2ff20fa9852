package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Releases of different schemas on one database. */
class PostgresUpgradeTest {
    private static final int NOW = PostgresSchema.CURRENT;
    private static final String NODE =
            "INSERT INTO nodes (name, incarnation, version, schema, address, started_at, seen_at)"
                    + " SELECT 'one', 'first', '1', %s, '10.0.0.11:47732', millis, millis FROM database_clock";

    private final Vertx vertx = Vertx.vertx();
    private final PostgresAccess access = TestPostgres.newDatabaseWithSchema();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void a_release_starts_on_a_newer_schema_that_it_can_use() {
        NextRelease next = new NextRelease().expand("ALTER TABLE users ADD COLUMN next TEXT");

        await(next.upgrade(vertx, access));

        assertThat(versions()).containsExactly((NOW + 1) + "|" + NOW);
        await(PostgresDatabase.open(vertx, access, 1).close());
        assertThat(versions()).containsExactly((NOW + 1) + "|" + NOW);
    }

    @Test
    void a_release_does_not_start_on_a_newer_schema_that_it_cannot_use() {
        await(new NextRelease()
                .expand("ALTER TABLE users ADD COLUMN next TEXT")
                .contract("ALTER TABLE users DROP COLUMN next")
                .upgrade(vertx, access));

        assertThatThrownBy(() -> PostgresDatabase.open(vertx, access, 1))
                .isInstanceOf(StorageException.class)
                .hasMessage(
                        "database.url %s: the database has schema %s, which a release that knows schema %s can use, and this one knows %s: install the newer release"
                                .formatted(access.url(), NOW + 2, NOW + 1, NOW));
    }

    @Test
    void a_database_of_a_release_that_said_no_oldest_reader_is_upgraded_and_a_newer_one_of_that_kind_refused() {
        PostgresAccess old = TestPostgres.newDatabase();
        await(before(old).run());
        TestPostgres.execute(old, "ALTER TABLE schema_version DROP COLUMN oldest_reader");

        await(PostgresDatabase.open(vertx, old, 1).close());
        assertThat(TestPostgres.rows(old, "SELECT version FROM schema_version")).containsExactly(String.valueOf(NOW));

        TestPostgres.execute(
                old,
                "ALTER TABLE schema_version DROP COLUMN oldest_reader",
                "UPDATE schema_version SET version = version + 1");
        assertThatThrownBy(() -> PostgresDatabase.open(vertx, old, 1))
                .hasMessageContaining("install the newer release");
    }

    @Test
    void a_start_that_may_not_upgrade_names_the_command_and_changes_nothing() {
        PostgresAccess old = TestPostgres.newDatabase();
        await(before(old).run());

        assertThatThrownBy(() -> PostgresDatabase.open(vertx, old, 1, false))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the schema is %s, and this release needs %s".formatted(NOW - 1, NOW))
                .hasMessageContaining("verstak-server migrate");
        assertThat(TestPostgres.rows(old, "SELECT version FROM schema_version"))
                .containsExactly(String.valueOf(NOW - 1));
        assertThatThrownBy(() -> PostgresDatabase.open(vertx, TestPostgres.newDatabase(), 1, false))
                .hasMessageContaining("verstak-server migrate");

        await(PostgresDatabase.open(vertx, old, 1, true).close());
        await(PostgresDatabase.open(vertx, old, 1, false).close());
    }

    @Test
    void a_step_that_a_running_node_could_not_live_with_is_refused_until_the_node_is_gone() {
        TestPostgres.execute(access, NODE.formatted(NOW));
        NextRelease expanded = new NextRelease().expand("ALTER TABLE users ADD COLUMN next TEXT");
        NextRelease next = new NextRelease()
                .expand("ALTER TABLE users ADD COLUMN next TEXT")
                .contract("ALTER TABLE users DROP COLUMN next");

        await(expanded.upgrade(vertx, access));
        assertThatThrownBy(() -> await(next.upgrade(vertx, access)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("node one at 10.0.0.11:47732 runs with schema " + NOW);
        assertThat(versions()).containsExactly((NOW + 1) + "|" + NOW);

        TestPostgres.execute(access, "UPDATE nodes SET seen_at = seen_at - 60001");
        await(next.upgrade(vertx, access));
        assertThat(versions()).containsExactly((NOW + 2) + "|" + (NOW + 1));
    }

    @Test
    void of_several_nodes_that_start_at_once_one_upgrades() {
        PostgresAccess fresh = TestPostgres.newDatabase();
        NextRelease next = new NextRelease().expand("CREATE TABLE next (n INTEGER); INSERT INTO next VALUES (1)");

        await(Future.all(next.upgrade(vertx, fresh), next.upgrade(vertx, fresh), next.upgrade(vertx, fresh)));

        assertThat(TestPostgres.rows(fresh, "SELECT n FROM next")).containsExactly("1");
    }

    @Test
    void a_step_that_fails_leaves_the_schema_before_it() {
        NextRelease broken = new NextRelease()
                .expand("ALTER TABLE users ADD COLUMN next TEXT")
                .expand("ALTER TABLE users ADD COLUMN last TEXT; SELECT 1 / 0");

        assertThatThrownBy(() -> await(broken.upgrade(vertx, access))).hasMessageContaining("division by zero");

        assertThat(versions()).containsExactly((NOW + 1) + "|" + NOW);
        assertThat(
                        TestPostgres.rows(
                                access,
                                "SELECT column_name FROM information_schema.columns WHERE table_name = 'users' AND column_name IN ('next', 'last')"))
                .containsExactly("next");
    }

    @Test
    void an_upgrade_waits_for_a_dump_and_those_who_read_do_not_wait_for_the_upgrade() throws Exception {
        PostgresDatabase database = PostgresDatabase.open(vertx, access, 2);
        try (Connection dump = TestPostgres.connect(access);
                Statement statement = dump.createStatement()) {
            dump.setAutoCommit(false);
            statement.execute("LOCK TABLE users IN ACCESS SHARE MODE");
            Future<Void> upgrade = new NextRelease()
                    .expand("ALTER TABLE users ADD COLUMN next TEXT")
                    .upgrade(vertx, access);
            String waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER%'";
            while (TestPostgres.rows(access, waits).isEmpty()) {
                assertThat(upgrade.isComplete()).isFalse();
            }

            // Behind the upgrade, which gives up before the reader does.
            assertThat(await(database.exist("SELECT id FROM users"))).isFalse();
            assertThat(upgrade.isComplete()).isFalse();
            dump.rollback();

            await(upgrade);
            assertThat(versions()).containsExactly((NOW + 1) + "|" + NOW);
        } finally {
            await(database.close());
        }
    }

    /** What the release before this one does when it starts. */
    private PostgresSchema before(PostgresAccess database) {
        List<PostgresSchema.Step> steps = PostgresSchema.STEPS;
        return new PostgresSchema(vertx, database, steps.subList(0, steps.size() - 1), true);
    }

    private List<String> versions() {
        return TestPostgres.rows(access, "SELECT version, oldest_reader FROM schema_version");
    }
}
