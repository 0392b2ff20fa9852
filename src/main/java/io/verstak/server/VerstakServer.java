package io.verstak.server;

import io.verstak.server.config.ConfigChanges;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.http.server.HttpVerticle;
import io.verstak.server.maintenance.Maintenance;
import io.verstak.server.metrics.Metrics;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server as one object: what {@code Main} and the tests start and stop. {@link Deployment} connects its parts. */
public final class VerstakServer {
    private static final Logger LOG = LoggerFactory.getLogger(VerstakServer.class);

    private final LoadedConfig loaded;
    private final ServerConfig config;
    private final Clock clock;
    private final Runnable onFatal;
    private final AtomicReference<@Nullable Deployment> running = new AtomicReference<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicReference<@Nullable Drain> draining = new AtomicReference<>();
    private final AtomicReference<@Nullable UpgradeListener> upgrade = new AtomicReference<>();

    /** Somebody who administers the server, as the command line names them. */
    public record Administrator(String name, String password) {}

    /** @param onFatal runs once when the disk can no longer be trusted; it has to end the process */
    public VerstakServer(ServerConfig config, Clock clock, Runnable onFatal) {
        this(LoadedConfig.of(config), clock, onFatal);
    }

    /** The same, for administrators who are told where each setting comes from. */
    public VerstakServer(LoadedConfig loaded, Clock clock, Runnable onFatal) {
        this.loaded = loaded;
        this.config = loaded.config();
        this.clock = clock;
        this.onFatal = onFatal;
    }

    /**
     * Opens the data directory and listens. Blocks until the first request can be served.
     *
     * @param administrator made first, or given that password
     * @param upgrading called with a percentage while an upgrade of the database takes seconds; requests get 503 then
     * @throws io.verstak.server.storage.StorageException when the data directory cannot be used
     * @throws java.io.IOException when the address cannot be listened on
     */
    public VerstakServer start(Optional<Administrator> administrator, IntConsumer upgrading) throws Exception {
        HttpVerticle.requireFree(config.http().listenAddress());
        DataDirectory directory = Engine.directory(config);
        Metrics metrics = new Metrics(config.metrics().enabled());
        Vertx vertx = metrics.vertx();
        try {
            UpgradeListener opening = new UpgradeListener(vertx, config, metrics, clock, upgrading);
            upgrade.set(opening);
            Engine engine = opening.open(directory, onFatal);
            try {
                running.set(Deployment.of(loaded, vertx, metrics, directory, engine, administrator, clock, onFatal));
                opening.close();
                return this;
            } catch (Exception failure) {
                for (String deployment : vertx.deploymentIDs()) {
                    await(vertx.undeploy(deployment));
                }
                await(engine.database().close());
                throw failure;
            }
        } catch (Exception failure) {
            await(vertx.close());
            metrics.close();
            directory.close();
            throw failure;
        }
    }

    /** Returns the port that the server listens on. */
    public int port() {
        return running().port();
    }

    /** Returns the number of waiting pulls and streams. */
    public int waiting() {
        return running().watch().size();
    }

    /** Returns the background maintenance. */
    public Maintenance maintenance() {
        return running().maintenance();
    }

    /** Applies a reloaded configuration to new requests. Returns the changed keys that need a restart. */
    public List<String> reload(ServerConfig fresh) {
        running().settings().reload(fresh);
        return ConfigChanges.needRestart(config, fresh);
    }

    /** Returns method and path of every route, for tests of the documentation. */
    public List<String> routes() {
        Deployment now = running();
        return now.http().routes(now.vertx());
    }

    private Deployment running() {
        Deployment now = running.get();
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now;
    }

    /**
     * Answers received requests, accepts no new ones, and closes the data directory. One of several nodes hands over to the others before.
     * Stops an upgrade. Blocks.
     */
    public void stop() throws Exception {
        UpgradeListener.stop(upgrade.get());
        Deployment now = running.get();
        if (now != null && stopping.compareAndSet(false, true)) {
            draining.set(now.drain());
            now.drain().begin();
            running.set(null);
            for (String deployment : now.deployments()) {
                await(now.vertx().undeploy(deployment).recover(failure -> {
                    LOG.warn("the stop could not write everything: {}", failure.getMessage());
                    return Future.succeededFuture();
                }));
            }
            await(now.database().close());
            await(now.vertx().close());
            now.metrics().close();
            now.directory().close();
        }
    }

    /** Returns the time that {@link #stop} leaves to other nodes and to what is under way; zero for a server alone. */
    public Duration drainTime() {
        Deployment now = running.get();
        return Duration.ofSeconds(now == null ? 0 : now.drain().seconds());
    }

    /** Ends waits, and hands over to other nodes no longer. Does not block. */
    public void hurry() {
        Drain begun = draining.get();
        if (begun != null) {
            begun.hurry();
        }
    }

    static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
