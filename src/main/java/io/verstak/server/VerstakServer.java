package io.verstak.server;

import io.verstak.server.account.AccountServices;
import io.verstak.server.account.AccountVerticle;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.http.HttpServices;
import io.verstak.server.http.HttpVerticle;
import io.verstak.server.ops.Health;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.sync.SyncLogVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The server as one object: what {@code Main} and the tests start and stop. All wiring is here. */
public final class VerstakServer {
    private static final Duration BUS_TIMEOUT = Duration.ofSeconds(60);

    private final ServerConfig config;
    private final Clock clock;
    private final Runnable onFatal;
    private final AtomicReference<@Nullable Running> running = new AtomicReference<>();

    private record Running(Vertx vertx, DataDirectory directory, Database database, int port) {}

    /** @param onFatal runs once when the disk can no longer be trusted; it has to end the process */
    public VerstakServer(ServerConfig config, Clock clock, Runnable onFatal) {
        this.config = config;
        this.clock = clock;
        this.onFatal = onFatal;
    }

    /**
     * Opens the data directory and listens. Blocks until the first request can be served.
     *
     * @throws io.verstak.server.storage.StorageException when the data directory cannot be used
     * @throws java.io.IOException when the address cannot be listened on
     */
    public VerstakServer start() throws Exception {
        DataDirectory directory = DataDirectory.open(Path.of(config.storage().dataDir()));
        Vertx vertx = Vertx.vertx();
        try {
            Database database = Database.open(vertx, directory, config.storage().readers(), onFatal);
            running.set(new Running(vertx, directory, database, deploy(vertx, directory, database)));
            return this;
        } catch (Exception failure) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            directory.close();
            throw failure;
        }
    }

    private int deploy(Vertx vertx, DataDirectory directory, Database database) throws Exception {
        Bus bus = new Bus(vertx, BUS_TIMEOUT);
        SecureRandom random = new SecureRandom();
        AccountServices accounts = new AccountServices(vertx, database, config.rateLimits(), clock, random);
        Health health = new Health(vertx, database, directory, clock);
        HttpServices http = new HttpServices(vertx, bus, config, accounts, health, clock);
        http.warm();
        List<HttpVerticle> listeners = new ArrayList<>();
        await(Future.all(
                        vertx.deployVerticle(new SyncLogVerticle(bus, database, config, clock)),
                        vertx.deployVerticle(new AccountVerticle(bus, accounts)))
                .compose(served -> vertx.deployVerticle(
                        () -> {
                            HttpVerticle listener =
                                    new HttpVerticle(http.guard(), config.http().listenAddress(), http::router);
                            listeners.add(listener);
                            return listener;
                        },
                        new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors()))));
        return listeners.get(0).port();
    }

    /** The port that is listened on. */
    public int port() {
        Running now = running.get();
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now.port();
    }

    /** Answers what has arrived, takes nothing new, and closes the data directory. Blocks. */
    public void stop() throws Exception {
        Running now = running.getAndSet(null);
        if (now != null) {
            await(now.vertx().close());
            now.directory().close();
        }
    }

    private static void await(Future<?> future) throws Exception {
        try {
            future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
