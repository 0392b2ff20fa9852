package io.verstak.server.storage.postgresql.failover;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said without a synchronous standby. {@code FailoverTortureIT} has one. */
class SynchronousStandbyTest {
    private final Vertx vertx = Vertx.vertx();
    private final PostgresAccess access = TestPostgres.newDatabaseWithSchema();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void a_postgresql_without_a_standby_is_not_enough() {
        assertThat(problem(access))
                .contains("no synchronous standby of PostgreSQL is connected (synchronous_standby_names)");
    }

    @Test
    void a_mode_that_waits_for_no_standby_is_not_enough() {
        TestPostgres.execute(
                access, "ALTER DATABASE " + TestPostgres.name(access) + " SET synchronous_commit = 'local'");

        assertThat(problem(access)).contains("synchronous_commit is local, so that nothing waits for a standby");
    }

    @Test
    void a_user_who_may_not_see_standbys_is_told_what_to_grant() {
        String name = TestPostgres.name(access);
        TestPostgres.execute(
                access,
                "CREATE ROLE blind_" + name + " LOGIN",
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO blind_" + name,
                "GRANT CREATE ON SCHEMA public TO blind_" + name);

        assertThat(problem(new PostgresAccess(access.url(), "blind_" + name, "", "")))
                .get()
                .asString()
                .contains("run GRANT pg_read_all_stats TO blind_" + name);
    }

    private Optional<String> problem(PostgresAccess way) {
        PostgresDatabase database = PostgresDatabase.open(vertx, way, 1);
        try {
            return await(new SynchronousStandby(database).problem());
        } finally {
            await(database.close());
        }
    }
}
