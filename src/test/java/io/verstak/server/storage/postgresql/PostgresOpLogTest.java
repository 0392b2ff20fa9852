package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.OpLogContract;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class PostgresOpLogTest extends OpLogContract {
    private final PostgresAccess access = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private PostgresDatabase database;

    @BeforeEach
    void open() {
        database = PostgresDatabase.open(vertx, access, 1);
        PostgresScopes.addDevices(access, "one", "other");
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    @Override
    protected OpLog open(Duration answersKept) {
        return database.openLog(2, 1, clock, answersKept);
    }

    @Override
    protected long newScope() {
        return PostgresScopes.add(access);
    }

    @Override
    protected void hold(long scopeId, BlobReference blob) {
        TestPostgres.execute(
                access,
                "INSERT INTO blob_refs (scope_id, sha256, size, created_at) VALUES (%s, '%s', %s, 0)"
                        .formatted(scopeId, blob.sha256(), blob.size()));
    }
}
