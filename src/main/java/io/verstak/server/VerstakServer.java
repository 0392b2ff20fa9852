package io.verstak.server;

import io.verstak.server.admin.AccountModule;
import io.verstak.server.admin.AccountVerticle;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.backup.BackupSchedule;
import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobDisposal;
import io.verstak.server.blob.BlobGarbageCollector;
import io.verstak.server.blob.BlobScrubber;
import io.verstak.server.blob.file.BlobFileStore;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ConfigChanges;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.http.server.HttpModule;
import io.verstak.server.http.server.HttpVerticle;
import io.verstak.server.mail.MailModule;
import io.verstak.server.maintenance.Maintenance;
import io.verstak.server.metrics.EventLoopLag;
import io.verstak.server.metrics.Health;
import io.verstak.server.metrics.Inventory;
import io.verstak.server.metrics.Logging;
import io.verstak.server.metrics.Metrics;
import io.verstak.server.metrics.MetricsListener;
import io.verstak.server.metrics.Statistics;
import io.verstak.server.metrics.StorageMetrics;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.blob.BlobRepository;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.sync.LogService;
import io.verstak.server.sync.wait.HeadNotifier;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server as one object: what {@code Main} and the tests start and stop. All wiring is here. */
public final class VerstakServer {
    private static final Logger LOG = LoggerFactory.getLogger(VerstakServer.class);
    private static final Duration BUS_TIMEOUT = Duration.ofSeconds(60);

    private final LoadedConfig loaded;
    private final ServerConfig config;
    private final Clock clock;
    private final Runnable onFatal;
    private final AtomicReference<@Nullable Running> running = new AtomicReference<>();
    private final AtomicReference<@Nullable UpgradeListener> upgrade = new AtomicReference<>();

    /** Somebody who administers the server, as the command line names them. */
    public record Administrator(String name, String password) {}

    /** @param deployments in the order in which they are undone: who asks first, who answers last */
    private record Running(
            Vertx vertx,
            Metrics metrics,
            DataDirectory directory,
            Database database,
            ServerSettings settings,
            Maintenance maintenance,
            HeadNotifier watch,
            HttpModule http,
            List<String> deployments,
            int port) {}

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
        DataDirectory directory = DataDirectory.open(Path.of(config.storage().dataDir()));
        Metrics metrics = new Metrics(config.metrics().enabled());
        Vertx vertx = metrics.vertx();
        try {
            UpgradeListener opening = new UpgradeListener(vertx, config, metrics, clock, upgrading);
            upgrade.set(opening);
            SqliteDatabase database = opening.open(directory, onFatal);
            try {
                running.set(deploy(vertx, metrics, directory, database, administrator));
                opening.close();
                return this;
            } catch (Exception failure) {
                for (String deployment : vertx.deploymentIDs()) {
                    await(vertx.undeploy(deployment));
                }
                await(database.close());
                throw failure;
            }
        } catch (Exception failure) {
            await(vertx.close());
            metrics.close();
            directory.close();
            throw failure;
        }
    }

    private Running deploy(
            Vertx vertx,
            Metrics metrics,
            DataDirectory directory,
            SqliteDatabase database,
            Optional<Administrator> administrator)
            throws Exception {
        Bus bus = new Bus(vertx, BUS_TIMEOUT);
        Leases leases = directory.leases();
        SecureRandom random = new SecureRandom();
        await(new BlobRepository(database).warnIfLost(directory));
        ServerSettings settings = new ServerSettings(database, loaded, clock);
        await(settings.load());
        MailModule mail =
                new MailModule(vertx, database, SecretBox.open(directory, random), settings::now, clock, random);
        AccountModule accounts =
                new AccountModule(vertx, database, mail.store(), mail.outbox()::wake, settings, clock, random);
        if (administrator.isPresent()) {
            await(accounts.administrators()
                    .put(administrator.get().name(), administrator.get().password()));
        }
        Optional<String> setupToken = await(accounts.administrators().setupToken());
        BlobBackend backend = new BlobFileStore(vertx, directory, onFatal);
        BlobDisposal disposal = bus.client(BlobDisposal.class);
        HeadNotifier watch = new HeadNotifier(vertx, config.http().maxConnections(), random);
        Maintenance maintenance = new Maintenance(
                vertx,
                database,
                new BlobGarbageCollector(disposal, backend, new BlobRepository(database)),
                new BlobScrubber(
                        vertx,
                        disposal,
                        backend,
                        () -> settings.now().storage().scrub().bytesPerSecond()),
                new BackupSchedule(
                        vertx, directory, config.storage().backup(), new AuditStore(database), leases, clock),
                settings::now,
                leases,
                clock);
        Health health = new Health(vertx, database, directory, clock);
        Statistics statistics = new Statistics(vertx, database, directory, clock);
        HttpModule http = new HttpModule(
                vertx,
                bus,
                settings,
                accounts,
                watch,
                health,
                new Inventory(database),
                statistics,
                maintenance,
                metrics.registry(),
                clock);
        settings.onChange(changed -> Logging.adjust(changed.log()));
        http.warm();
        List<HttpVerticle> listeners = new ArrayList<>();
        LogService log =
                new LogService(bus, database, database::openLog, settings::now, metrics.registry(), clock, onFatal);
        log.listen(watch);
        String syncLog = await(vertx.deployVerticle(log));
        String blob = await(
                vertx.deployVerticle(new BlobVerticle(vertx, bus, database, backend, settings::now, leases, clock)));
        String maintaining = await(vertx.deployVerticle(maintenance));
        String account = await(vertx.deployVerticle(new AccountVerticle(bus, accounts, mail, leases)));
        String counting = await(vertx.deployVerticle(statistics));
        String listening = await(vertx.deployVerticle(
                () -> {
                    HttpVerticle listener =
                            new HttpVerticle(http.guard(), config.http().listenAddress(), http::handler, watch::close);
                    listeners.add(listener);
                    return listener;
                },
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors())));
        int port = listeners.get(0).port();
        mail.listeningOn(port);
        accounts.measure(metrics.registry());
        watch.measure(metrics.registry());
        announce(port, settings.now(), setupToken);
        if (config.metrics().enabled()) {
            var figures =
                    new StorageMetrics(vertx, directory, database, health, maintenance.backups(), metrics.registry());
            await(EventLoopLag.deploy(vertx, metrics.registry()));
            await(new MetricsListener(vertx, metrics, figures)
                    .listen(config.metrics().listenAddress()));
        }
        return new Running(
                vertx,
                metrics,
                directory,
                database,
                settings,
                maintenance,
                watch,
                http,
                List.of(listening, maintaining, blob, account, syncLog, counting),
                port);
    }

    private void announce(int port, ServerConfig now, Optional<String> setupToken) {
        LOG.info(
                "listening on http://{} with data in {}",
                config.http().listenAddress().withPort(port),
                Path.of(config.storage().dataDir()).toAbsolutePath().normalize());
        setupToken.ifPresent(token -> LOG.info(
                "no administrator yet: open {}/setup?token={} once, within 48 hours",
                now.http().baseUrl(port),
                token));
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
        Running now = running();
        return now.http().routes(now.vertx());
    }

    private Running running() {
        Running now = running.get();
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now;
    }

    /** Answers received requests, accepts no new ones, and closes the data directory. Stops an upgrade. Blocks. */
    public void stop() throws Exception {
        UpgradeListener.stop(upgrade.get());
        Running now = running.getAndSet(null);
        if (now != null) {
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

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
