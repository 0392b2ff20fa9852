package io.verstak.server.storage.sqlite;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.OpLogContract;
import io.verstak.server.testkit.TestDatabase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteOpLogTest extends OpLogContract {
    @TempDir
    Path root;

    private final Vertx vertx = Vertx.vertx();
    private DataDirectory directory;
    private SqliteDatabase database;

    @BeforeEach
    void open() {
        directory = DataDirectory.open(root);
        database = SqliteDatabase.open(vertx, directory, 1, () -> {});
    }

    @AfterEach
    void close() throws IOException {
        await(database.close());
        await(vertx.close());
        directory.close();
    }

    @Override
    protected OpLog open(Duration answersKept) {
        return database.openLog(2, clock, answersKept);
    }

    @Override
    protected long newScope() {
        return TestScopes.add(directory.database());
    }

    @Override
    protected void hold(long scopeId, BlobReference blob) {
        TestDatabase.execute(
                directory.database(),
                "INSERT INTO blob_refs (scope_id, sha256, size, created_at) VALUES (%s, '%s', %s, 0)"
                        .formatted(scopeId, blob.sha256(), blob.size()));
    }
}
