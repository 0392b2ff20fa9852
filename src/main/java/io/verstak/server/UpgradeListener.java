package io.verstak.server;

import io.verstak.server.config.ServerConfig;
import io.verstak.server.http.server.HttpVerticle;
import io.verstak.server.http.server.UpgradeAnswers;
import io.verstak.server.metrics.Metrics;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.sqlite.Migrations;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Opens the database, and listens if its upgrade takes longer than a second: until the server itself listens, it answers 503. */
final class UpgradeListener {
    private final Vertx vertx;
    private final ServerConfig config;
    private final Metrics metrics;
    private final Clock clock;
    private final IntConsumer watcher;
    private final UpgradeProgress progress;
    private final AtomicReference<@Nullable String> deployment = new AtomicReference<>();

    /** @param watcher called every few seconds with the percentage that is done */
    UpgradeListener(Vertx vertx, ServerConfig config, Metrics metrics, Clock clock, IntConsumer watcher) {
        this.vertx = vertx;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        this.watcher = watcher;
        progress = new UpgradeProgress(clock, this::tell);
    }

    /** Opens the database. Blocks. */
    Engine open(DataDirectory directory, Runnable onFatal) {
        try {
            return Engine.open(vertx, config, directory, config.storage().readers(), onFatal, progress);
        } finally {
            progress.end();
        }
    }

    private void tell(int percent) {
        if (deployment.get() == null) {
            UpgradeAnswers answers =
                    new UpgradeAnswers(config, Migrations.CONVERTING, progress::percent, metrics.registry(), clock);
            HttpVerticle listener = new HttpVerticle(
                    answers.guard(),
                    config.http().listenAddress(),
                    answers::handler,
                    () -> {},
                    HttpVerticle.DRAIN_SECONDS);
            deployment.set(vertx.deployVerticle(listener)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join());
        }
        watcher.accept(percent);
    }

    /** Stops listening. Blocks until it has: a connection that came later would end without an answer. */
    void close() {
        String listening = deployment.getAndSet(null);
        if (listening != null) {
            vertx.undeploy(listening).toCompletionStage().toCompletableFuture().join();
        }
    }

    /** Stops an upgrade under way, if there is one; the next start continues it. Blocks until it has ended. */
    static void stop(@Nullable UpgradeListener opening) throws InterruptedException {
        if (opening != null) {
            opening.progress.stop();
        }
    }
}
