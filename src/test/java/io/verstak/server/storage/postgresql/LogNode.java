package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.error.ServerException;
import io.verstak.server.sync.LogService;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.PushRequest.PushedOp;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/** The log of a node with its queue and writers, without HTTP. */
final class LogNode implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final PostgresDatabase database;
    private final LogService log;

    LogNode(PostgresAccess access, int lanes) {
        database = PostgresDatabase.open(vertx, access, 1);
        log = new LogService(
                new Bus(vertx, Duration.ofSeconds(60)),
                database,
                (pages, clock, kept) -> database.openLog(pages, lanes, clock, kept),
                ServerConfig::defaults,
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                () -> {
                    throw new AssertionError("a writer failed");
                });
        await(vertx.deployVerticle(log));
    }

    /** Pushes ops whose ids begin with a name. */
    CompletableFuture<Void> push(String device, long scope, String name, int ops) {
        List<PushedOp> pushed = IntStream.range(0, ops)
                .mapToObj(i -> new PushedOp(name + " " + i, "note", "n", "upsert", "{}", 1, 0, "2026-01-01T00:00:00Z"))
                .toList();
        return log.push(LogOfNodes.device(device, scope), new PushRequest("", "", pushed), Buffer.buffer())
                .<Void>map(answer -> {
                    answer.close();
                    return null;
                })
                .toCompletionStage()
                .toCompletableFuture();
    }

    /** Pushes an op until it is accepted, as a client does that is told to come again. */
    void pushForSure(String device, long scope, String name) {
        while (true) {
            try {
                push(device, scope, name, 1).join();
                return;
            } catch (CompletionException refused) {
                if (!(refused.getCause() instanceof ServerException)) {
                    throw refused;
                }
            }
        }
    }

    @Override
    public void close() {
        vertx.deploymentIDs().forEach(id -> await(vertx.undeploy(id)));
        await(database.close());
        await(vertx.close());
    }
}
