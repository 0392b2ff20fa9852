package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.DatabaseContract;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class PostgresDatabaseTest extends DatabaseContract {
    private final PostgresAccess access = TestPostgres.newDatabase();

    @Override
    protected Database open() {
        return PostgresDatabase.open(vertx, access, 2);
    }

    /** The table says what PostgreSQL says when its disk is full. */
    @Override
    protected void fill(Database database) {
        TestPostgres.execute(
                access,
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$",
                "CREATE TRIGGER no_room BEFORE INSERT ON things EXECUTE FUNCTION no_room()");
    }

    @Override
    protected void takeAway(Database database) {
        String name = TestPostgres.name(access);
        TestPostgres.executeOutside(
                "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    @Override
    protected void giveBack(Database database) {
        TestPostgres.executeOutside("ALTER DATABASE " + TestPostgres.name(access) + " ALLOW_CONNECTIONS true");
        TestPostgres.execute(access, "DROP TRIGGER IF EXISTS no_room ON things");
    }

    @Test
    void a_wait_for_the_turn_that_fails_leaves_no_connection_behind_that_refuses_all() {
        Database database = open();
        Database another = open();
        await(database.run("CREATE TABLE turns (n BIGINT)"));
        Promise<Void> turn = Promise.promise();
        Promise<Void> taken = Promise.promise();
        Future<Void> holding = another.write(connection -> {
            taken.complete();
            return turn.future();
        });
        await(taken.future());

        Future<Void> waiting = database.run("INSERT INTO turns (n) VALUES (0)");
        while (!waiting.isComplete()) {
            TestPostgres.execute(
                    access,
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'BEGIN%'");
        }
        turn.complete();
        await(holding);

        assertThat(waiting.failed()).isTrue();
        for (int i = 0; i < 10; i++) {
            await(database.run("INSERT INTO turns (n) VALUES (1)"));
        }
        await(another.close());
        await(database.close());
    }

    @Test
    void placeholders_are_numbered_but_not_those_in_texts() {
        assertThat(PortableConnection.numbered("SELECT '?', \"?\", 'it''s?' FROM t WHERE a = ? AND b IN (?, ?)"))
                .isEqualTo("SELECT '?', \"?\", 'it''s?' FROM t WHERE a = $1 AND b IN ($2, $3)");
    }
}
