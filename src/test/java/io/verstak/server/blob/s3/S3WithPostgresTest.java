package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** A bucket beside a PostgreSQL. */
class S3WithPostgresTest extends S3BlobStoreContract {
    private static final long WEEK_MILLIS = 7L * 24 * 3600 * 1000;

    private final PostgresAccess postgres = TestPostgres.newDatabase();

    @Override
    Database openDatabase() {
        return PostgresDatabase.open(vertx, postgres, 2);
    }

    @Override
    void closeDatabase(Database database) {
        await(database.close());
    }

    /** The clock of a node may be wrong. */
    @Test
    void the_clean_up_goes_by_the_clock_of_the_database() throws Exception {
        S3BlobStore store = (S3BlobStore) open();
        BlobReference removed = S3Fixture.save(store, S3Fixture.bytes(1000, 1));
        await(store.remove(removed.sha256()));
        assertThat(await(store.sweep())).isZero();

        TestPostgres.execute(
                postgres,
                "UPDATE object_deletions SET not_before = not_before - " + WEEK_MILLIS,
                "INSERT INTO object_intents (key, sha256, node, created_at) SELECT 'dead', 'x', 'node 2', millis - "
                        + WEEK_MILLIS + " FROM database_clock");

        assertThat(await(store.sweep())).isEqualTo(2);
        assertThat(TestPostgres.rows(postgres, "SELECT key FROM object_intents"))
                .isEmpty();
        await(store.close());
    }
}
