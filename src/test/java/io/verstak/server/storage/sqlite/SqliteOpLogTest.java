package io.verstak.server.storage.sqlite;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.OpLogContract;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SqliteOpLogTest extends OpLogContract {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

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

    @Test
    void an_upkeep_that_has_failed_is_told_once_and_not_tried_again_at_once() {
        LOG.expectError("the database failed");
        try (OpLog log = open(Duration.ofDays(1))) {
            TestDatabase.execute(directory.database(), "ALTER TABLE key_parts RENAME TO gone");
            assertThat(log.upkeep()).isFalse();
            assertThat(log.upkeep()).isFalse();
        }

        assertThat(LOG.lines().stream().filter(line -> line.contains("could not be tended")))
                .hasSize(1);
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
