package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.TestPostgres;

/** A bucket beside a PostgreSQL. */
class S3WithPostgresTest extends S3BlobStoreContract {
    private final PostgresAccess postgres = TestPostgres.newDatabase();

    @Override
    Database openDatabase() {
        return PostgresDatabase.open(vertx, postgres, 2);
    }

    @Override
    void closeDatabase(Database database) {
        await(database.close());
    }
}
