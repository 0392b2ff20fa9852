package io.verstak.server.storage.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.DatabaseContract;
import io.verstak.server.testkit.TestPostgres;
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
    void placeholders_are_numbered_but_not_those_in_texts() {
        assertThat(PortableConnection.numbered("SELECT '?', \"?\", 'it''s?' FROM t WHERE a = ? AND b IN (?, ?)"))
                .isEqualTo("SELECT '?', \"?\", 'it''s?' FROM t WHERE a = $1 AND b IN ($2, $3)");
    }
}
