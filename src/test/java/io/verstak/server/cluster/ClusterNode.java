package io.verstak.server.cluster;

import static io.verstak.server.testkit.Futures.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.storage.postgresql.PostgresNotifications;
import io.verstak.server.sync.LogService;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.PushRequest.PushedOp;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The log of a node, and what it hears of the others, without HTTP. */
final class ClusterNode implements AutoCloseable {
    private static final String DEVICE = "dev";

    final Set<Long> watched = ConcurrentHashMap.newKeySet();
    final ClusterHeads heads;
    final Vertx vertx = Vertx.vertx();
    private final PostgresDatabase database;
    final LogService log;

    /** @param listening leads to the same database, or to nothing: then the node is deaf */
    ClusterNode(PostgresAccess access, PostgresAccess listening) {
        database = PostgresDatabase.open(vertx, access, 2);
        log = new LogService(
                new Bus(vertx, Duration.ofSeconds(60)),
                database,
                (pages, clock, answersKept) -> database.openLog(pages, 2, clock, answersKept),
                ServerConfig::defaults,
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                () -> {
                    throw new AssertionError("the writer failed");
                });
        await(vertx.deployVerticle(log));
        heads = new ClusterHeads(
                log, new PostgresNotifications(vertx, listening), new HeadStore(database), () -> watched);
        await(vertx.deployVerticle(heads));
    }

    /** Makes a database with a user and a device. */
    static PostgresAccess newDatabase() {
        PostgresAccess access = TestPostgres.newDatabase();
        Vertx vertx = Vertx.vertx();
        await(PostgresDatabase.open(vertx, access, 1).close());
        await(vertx.close());
        TestPostgres.execute(access, """
                INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
                VALUES ('user', 'user', 'user', 'user@example.org', 'user@example.org', '', 0)""", """
                INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix, created_at)
                VALUES ('%s', 'user', 0, '', '', '', '', '', 0)""".formatted(DEVICE));
        return access;
    }

    /** Returns the number of a new vault. */
    static long newScope(PostgresAccess access) {
        return Long.parseLong(TestPostgres.rows(
                        access,
                        "INSERT INTO scopes (user_id, vault_id, log_id, created_at)"
                                + " VALUES ('user', gen_random_uuid(), 'log', 0) RETURNING id")
                .get(0));
    }

    CompletableFuture<Void> push(long scope, String opId) {
        PushedOp op = new PushedOp(opId, "note", "n", "upsert", "{}", 1, 0, "2026-01-01T00:00:00Z");
        return log.push(device(scope), new PushRequest("", "", List.of(op)), Buffer.buffer())
                .<Void>map(answer -> {
                    answer.close();
                    return null;
                })
                .toCompletionStage()
                .toCompletableFuture();
    }

    long head(long scope) {
        return await(log.head(device(scope)));
    }

    static DeviceIdentity device(long scope) {
        return new DeviceIdentity(DEVICE, new Scope(scope, "user", "vault"));
    }

    @Override
    public void close() {
        vertx.deploymentIDs().forEach(id -> await(vertx.undeploy(id)));
        await(database.close());
        await(vertx.close());
    }
}
