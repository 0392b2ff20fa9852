package io.verstak.server.sync;

import static io.verstak.server.testkit.Futures.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.sync.PushRequest.PushedOp;
import io.verstak.server.testkit.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server on one machine, which learns of commits from its own log. */
class LogServiceHeadsTest extends HeadSourceContract {
    @TempDir
    Path root;

    private final Vertx vertx = Vertx.vertx();
    private DataDirectory directory;
    private SqliteDatabase database;
    private LogService log;

    @BeforeEach
    void open() {
        directory = DataDirectory.open(root);
        database = SqliteDatabase.open(vertx, directory, 2, () -> {});
        log = new LogService(
                new Bus(vertx, Duration.ofSeconds(60)),
                database,
                database::openLog,
                ServerConfig::defaults,
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                () -> {
                    throw new AssertionError("the writer failed");
                });
        await(vertx.deployVerticle(log));
    }

    @AfterEach
    void close() throws IOException {
        vertx.deploymentIDs().forEach(id -> await(vertx.undeploy(id)));
        await(database.close());
        await(vertx.close());
        directory.close();
    }

    @Override
    protected HeadSource source() {
        return log;
    }

    @Override
    protected long newScope() {
        TestDatabase.execute(
                directory.database(),
                "INSERT INTO scopes (user_id, vault_id, log_id, created_at) VALUES ('u', hex(randomblob(8)), 'log', 0)");
        return Long.parseLong(TestDatabase.rows(directory.database(), "SELECT MAX(id) FROM scopes")
                .get(0));
    }

    @Override
    protected CompletableFuture<Void> push(long scope, String opId) {
        PushedOp op = new PushedOp(opId, "note", "n", "upsert", "{}", 1, 0, "2026-01-01T00:00:00Z");
        PushRequest request = new PushRequest("", "", List.of(op));
        return log.push(device(scope), request, Buffer.buffer())
                .<Void>map(answer -> {
                    answer.close();
                    return null;
                })
                .toCompletionStage()
                .toCompletableFuture();
    }

    @Override
    protected CompletableFuture<Void> pushRefused(long scope) {
        return push(scope, "");
    }

    @Override
    protected long head(long scope) {
        return await(log.head(device(scope)));
    }

    private static DeviceIdentity device(long scope) {
        return new DeviceIdentity("dev", new Scope(scope, "user", "vault"));
    }
}
