package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.DatabaseLeasesContract;
import io.verstak.server.testkit.TestPostgres;

class PostgresLeasesTest extends DatabaseLeasesContract {
    private final PostgresAccess access = TestPostgres.newDatabase();

    @Override
    protected Database open() {
        return PostgresDatabase.open(vertx, access, 2);
    }
}
