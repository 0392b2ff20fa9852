package io.verstak.server;

import static io.verstak.server.VerstakServer.await;

import io.verstak.server.VerstakServer.Administrator;
import io.verstak.server.account.module.AccountModule;
import io.verstak.server.account.module.AccountVerticle;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.auth.limit.SharedBuckets;
import io.verstak.server.backup.BackupSchedule;
import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobDisposal;
import io.verstak.server.blob.BlobGarbageCollector;
import io.verstak.server.blob.BlobScrubber;
import io.verstak.server.bus.Bus;
import io.verstak.server.cluster.ClusterHeads;
import io.verstak.server.cluster.Incarnation;
import io.verstak.server.cluster.NodeRequirements;
import io.verstak.server.cluster.Nodes;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.BuildInfo;
import io.verstak.server.files.FilesVerticle;
import io.verstak.server.http.server.HttpModule;
import io.verstak.server.http.server.HttpVerticle;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.mail.MailModule;
import io.verstak.server.maintenance.Maintenance;
import io.verstak.server.metrics.Engines;
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
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.storage.RateBucketStore;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.blob.BlobRepository;
import io.verstak.server.sync.LogService;
import io.verstak.server.sync.wait.HeadNotifier;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of a server. All wiring is here.
 *
 * @param deployments in the order in which they are undone: who asks first, who answers last
 */
record Deployment(
        Vertx vertx,
        Metrics metrics,
        DataDirectory directory,
        Database database,
        ServerSettings settings,
        Maintenance maintenance,
        HeadNotifier watch,
        HttpModule http,
        Drain drain,
        List<String> deployments,
        int port) {
    /** By the name of the server: scripts read the line that says where it listens. */
    private static final Logger LOG = LoggerFactory.getLogger(VerstakServer.class);

    private static final Duration BUS_TIMEOUT = Duration.ofSeconds(60);

    /** Creates and starts the parts; the last one listens. Blocks. */
    static Deployment of(
            LoadedConfig loaded,
            Vertx vertx,
            Metrics metrics,
            DataDirectory directory,
            Engine engine,
            Optional<Administrator> administrator,
            Clock system,
            Runnable onFatal)
            throws Exception {
        ServerConfig config = loaded.config();
        Bus bus = new Bus(vertx, BUS_TIMEOUT);
        Database database = engine.database();
        NodeClock time = await(NodeClock.of(system, database));
        Clock clock = time.clock();
        Leases leases = engine.leases().get();
        SecureRandom random = new SecureRandom();
        if (!config.objects().isS3()) {
            await(new BlobRepository(database).warnIfLost(directory));
        }
        ServerSettings settings = new ServerSettings(database, loaded, clock);
        await(settings.load());
        SecretBox secrets = Engine.secrets(config, directory, random);
        if (database.isShared()) {
            await(NodeRequirements.sameKey(database, secrets, clock.millis()));
            await(NodeRequirements.ownName(vertx, new NodeStore(database), engine.node(), Incarnation.on(directory)));
            requireAlone(config, engine);
        }
        MailModule mail = new MailModule(vertx, database, secrets, settings::now, clock, random);
        AccountModule accounts = new AccountModule(
                vertx,
                database,
                mail.store(),
                mail.outbox()::wake,
                settings,
                secrets,
                database.isShared()
                        ? Optional.of(new SharedBuckets(
                                new RateBucketStore(database), secrets.derive(SharedBuckets.PURPOSE), clock))
                        : Optional.empty(),
                clock,
                random);
        if (administrator.isPresent()) {
            await(accounts.administrators()
                    .put(administrator.get().name(), administrator.get().password()));
        }
        Optional<String> setupToken = await(accounts.administrators().setupToken());
        BlobBackend backend = await(Engine.blobs(vertx, config, directory, database, clock, onFatal));
        BlobDisposal disposal = bus.client(BlobDisposal.class);
        HeadNotifier watch = new HeadNotifier(vertx, config.http().maxConnections(), database.isShared(), random);
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
        Health health = new Health(
                vertx, database, directory, backend::probe, engine::hearsOthers, time.state(config.database()), clock);
        Engines engines = new Engines(database, engine.node(), Engine.bucket(config.objects()), clock);
        Statistics statistics = new Statistics(vertx, database, directory, clock);
        HttpModule http = new HttpModule(
                vertx,
                bus,
                settings,
                accounts,
                watch,
                health,
                new Inventory(database),
                engines,
                statistics,
                maintenance,
                new OneTimeSecrets(secrets::seal, secrets::open, clock),
                metrics.registry(),
                clock);
        settings.onChange(changed -> Logging.adjust(changed.log()));
        http.warm();
        Drain drain = Drain.of(
                database.isShared() && config.objects().isS3() ? config.node().drainSeconds() : 0,
                health,
                http,
                watch,
                leases);
        List<HttpVerticle> listeners = new ArrayList<>();
        LogService log = new LogService(bus, database, engine.log(), settings::now, metrics.registry(), clock, onFatal);
        String syncLog = await(vertx.deployVerticle(log));
        List<String> cluster = new ArrayList<>();
        if (engine.notifications().isPresent()) {
            ClusterHeads heads =
                    new ClusterHeads(log, engine.notifications().get(), new HeadStore(database), watch::watched);
            heads.listen(watch);
            cluster.add(await(vertx.deployVerticle(heads)));
        } else {
            log.listen(watch);
        }
        List<String> files = new ArrayList<>();
        if (config.web().files()) {
            Database index =
                    engine.filesIndex(vertx, directory, config.storage().readers(), onFatal);
            files.add(await(
                    vertx.deployVerticle(new FilesVerticle(bus, database, index, log, clock), FilesVerticle.OPTIONS)));
        } else {
            engine.dropFilesIndex(directory);
        }
        String blob = await(vertx.deployVerticle(
                new BlobVerticle(vertx, bus, database, backend, settings::now, leases, engine.node(), clock)));
        String maintaining = await(vertx.deployVerticle(maintenance));
        String account = await(vertx.deployVerticle(new AccountVerticle(bus, accounts, mail, leases)));
        String counting = await(vertx.deployVerticle(statistics));
        String listening = await(vertx.deployVerticle(
                () -> {
                    HttpVerticle listener = new HttpVerticle(
                            http.guard(),
                            config.http().listenAddress(),
                            http::handler,
                            drain::endWaits,
                            drain.requestSeconds());
                    listeners.add(listener);
                    return listener;
                },
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors())));
        int port = listeners.get(0).port();
        if (database.isShared()) {
            Nodes nodes = nodes(engine, config, Incarnation.on(directory), port, onFatal);
            cluster.add(await(vertx.deployVerticle(nodes)));
            drain.tells(nodes);
            time.deploy(vertx, metrics.registry()).forEach(cluster::add);
            // Again, now that others see this node: one of two that start together may be told.
            requireAlone(config, engine);
        }
        mail.listeningOn(port);
        accounts.measure(metrics.registry());
        watch.measure(metrics.registry());
        announce(config, port, settings.now(), setupToken);
        if (config.metrics().enabled()) {
            var figures = new StorageMetrics(
                    vertx, directory, database, health, engines, maintenance.backups(), metrics.registry());
            await(EventLoopLag.deploy(vertx, metrics.registry()));
            await(new MetricsListener(vertx, metrics, figures)
                    .listen(config.metrics().listenAddress()));
        }
        return new Deployment(
                vertx,
                metrics,
                directory,
                database,
                settings,
                maintenance,
                watch,
                http,
                drain,
                Stream.of(List.of(listening), files, List.of(maintaining, blob, account, syncLog, counting), cluster)
                        .flatMap(List::stream)
                        .toList(),
                port);
    }

    private static void requireAlone(ServerConfig config, Engine engine) throws Exception {
        if (!config.objects().isS3()) {
            await(NodeRequirements.alone(new NodeStore(engine.database()), engine.node()));
        }
    }

    private static Nodes nodes(
            Engine engine, ServerConfig config, Incarnation incarnation, int port, Runnable onFatal) {
        return new Nodes(
                engine.database(),
                new Node(
                        engine.node(),
                        incarnation.toString(),
                        BuildInfo.load().version(),
                        engine.database().schemaVersion(),
                        config.http().listenAddress().withPort(port).toString()),
                onFatal);
    }

    private static void announce(ServerConfig config, int port, ServerConfig now, Optional<String> setupToken) {
        LOG.info(
                "listening on http://{} with data in {}",
                config.http().listenAddress().withPort(port),
                Path.of(config.storage().dataDir()).toAbsolutePath().normalize());
        if (!now.accounts().oidc().isEmpty() && now.http().publicUrl().isEmpty()) {
            LOG.warn(
                    "http.publicUrl is empty, and nobody can sign in with the providers of accounts.oidc, which redirect people"
                            + " to it; set it in the configuration or on the administrators' page of settings");
        }
        setupToken.ifPresent(token -> LOG.info(
                "no administrator yet: open {}/setup?token={} once, within 48 hours",
                now.http().baseUrl(port),
                token));
    }
}
