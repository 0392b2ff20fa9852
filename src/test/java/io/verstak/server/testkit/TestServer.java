package io.verstak.server.testkit;

import io.verstak.server.VerstakServer;
import io.verstak.server.account.module.AccountModule;
import io.verstak.server.admin.Administration.NewUser;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.maintenance.Maintenance;
import io.verstak.server.maintenance.MaintenanceScheduler;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The server in this process, on a free port and a data directory of its own, which is deleted with it. As a static field
 * with {@code @RegisterExtension} it serves all tests of a class.
 */
public final class TestServer implements AutoCloseable, AfterAllCallback {
    /** Everybody's password. */
    public static final String PASSWORD = "violet-harbour-42";

    private final Path directory;
    private final Clock clock;
    private final Map<String, String> settings = new HashMap<>();
    private final TestTables tables;
    private VerstakServer server;

    private TestServer(Clock clock, Map<String, String> overrides) {
        this.clock = clock;
        try {
            directory = Files.createTempDirectory("verstak-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.put("http.listen", "127.0.0.1:0");
        settings.put("storage.dataDir", directory.resolve("data").toString());
        settings.put("rateLimits.enabled", "false");
        settings.put("metrics.enabled", "false");
        settings.put("log.requests", "false");
        settings.putAll(overrides);
        String database = overrides.get("database.url");
        if (database == null) {
            tables = TestEngine.ofServers().tables(data());
        } else if (database.isEmpty()) {
            tables = TestEngine.SQLITE.tables(data());
        } else {
            tables = TestTables.Postgres.of(database, overrides.getOrDefault("database.user", ""));
        }
        settings.putAll(tables.settings(directory));
        settings.putAll(overrides);
        server = started();
    }

    public static TestServer start() {
        return start(Map.of());
    }

    /** @param overrides dotted keys and values, as the command line would give them; rate limits are off without any */
    public static TestServer start(Map<String, String> overrides) {
        return start(Clock.systemUTC(), overrides);
    }

    public static TestServer start(Clock clock, Map<String, String> overrides) {
        return new TestServer(clock, overrides);
    }

    private ServerConfig config() {
        return ConfigLoader.load(Optional.empty(), Map.of(), settings);
    }

    private VerstakServer started() {
        try {
            VerstakServer fresh = new VerstakServer(config(), clock, () -> {
                throw new AssertionError("the disk failed");
            });
            fresh.start(Optional.empty(), percent -> {});
            // A test on a slow machine would meet the clean-up that a server begins ten seconds after its start.
            fresh.maintenance().cleanup().onlyWhenAsked();
            return fresh;
        } catch (Exception failure) {
            throw new AssertionError("the server does not start", failure);
        }
    }

    /** Method and path of all that it answers. */
    public List<String> routes() {
        return server.routes();
    }

    /** Changes with each restart. */
    public int port() {
        return server.port();
    }

    public Path data() {
        return Path.of(settings.get("storage.dataDir"));
    }

    /** The database file, for a test that is about it; another one takes {@link #rows} and {@link #execute}. */
    public Path database() {
        if (TestEngine.ofServers() != TestEngine.SQLITE) {
            throw new AssertionError("the database of this server is not a file");
        }
        return data().resolve("server.db");
    }

    /** The rows of a query in the server's database, each as its columns joined by {@code |}. */
    public List<String> rows(String sql) {
        return tables.rows(sql);
    }

    /** What it has stored of blobs. */
    public StoredBlobs blobs() {
        return tables.blobs();
    }

    /** Changes the server's database beside it, for what no call can bring about. */
    public void execute(String... statements) {
        tables.execute(statements);
    }

    /** Makes a user with the address {@code NAME@example.org} and {@link #PASSWORD}; returns the user's id. */
    public String addUser(String name) {
        return beside(accounts -> accounts.administration()
                .createUser(Actor.COMMAND_LINE, new NewUser(name, name + "@example.org", PASSWORD)));
    }

    /** Does something to the accounts as a command would: in another process than the server's, as far as that can tell. */
    public <T> T beside(Function<AccountModule, Future<T>> work) {
        return beside((vertx, database, outbox, secrets) -> {
            try (AccountModule accounts = new AccountModule(
                    vertx,
                    database,
                    outbox,
                    () -> {},
                    new ServerSettings(database, config(), clock),
                    secrets,
                    Optional.empty(),
                    clock,
                    new SecureRandom())) {
                return await(work.apply(accounts).eventually(accounts::finished));
            }
        });
    }

    /** What a second process works on. */
    interface Beside<T> {
        T with(Vertx vertx, Database database, OutboxStore outbox, SecretBox secrets);
    }

    <T> T beside(Beside<T> work) {
        Vertx vertx = Vertx.vertx();
        Database database = tables.open(vertx);
        try {
            Path key = Path.of(settings.getOrDefault(
                    "secrets.keyFile", data().resolve("secret.key").toString()));
            SecretBox secrets = SecretBox.open(key, new SecureRandom());
            return work.with(vertx, database, new OutboxStore(database, secrets), secrets);
        } finally {
            await(database.close());
            await(vertx.close());
        }
    }

    /** Makes an administrator with {@link #PASSWORD}. */
    public TestServer withAdministrator(String name) {
        beside(accounts -> accounts.administrators().put(name, PASSWORD));
        return this;
    }

    /** A link's token with which the first administrator can be made; voids the one before. */
    public String setupToken() {
        return beside(accounts -> accounts.administrators().setupToken()).orElseThrow();
    }

    /** As {@link #addUser}, for a server that is a field. */
    public TestServer withUser(String name) {
        addUser(name);
        return this;
    }

    /** How many pulls and streams wait: a request that was sent may not have come so far. */
    public int waiting() {
        return server.waiting();
    }

    /** What keeps it in order. */
    public Maintenance maintenance() {
        return server.maintenance();
    }

    /** Cleans up, as it happens every hour elsewhere: here only when a test says so. */
    public MaintenanceScheduler.Report cleanUp() {
        return await(server.maintenance().cleanup().run());
    }

    /** A new device of the user in the vault. */
    public Desktop pair(String user, String vault) {
        return Desktop.pair(this::port, user, PASSWORD, vault);
    }

    /** One request on a connection of its own. */
    public Answer send(Request request) {
        try {
            return Http.once(port(), request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has the server take another configuration while it runs; returns the keys that would need a restart. */
    public List<String> reload(Map<String, String> changed) {
        Map<String, String> flags = new HashMap<>(settings);
        flags.putAll(changed);
        return server.reload(ConfigLoader.load(Optional.empty(), Map.of(), flags));
    }

    public void restart() {
        restart(Map.of());
    }

    /** Stops, and starts again on the same data with other settings. */
    public void restart(Map<String, String> changed) {
        stop();
        settings.putAll(changed);
        server = started();
    }

    /** Stops, lets somebody at the data, and starts again. */
    public void whileStopped(Consumer<Path> work) {
        stop();
        try {
            work.accept(data());
        } finally {
            server = started();
        }
    }

    private void stop() {
        try {
            server.stop();
        } catch (Exception failure) {
            throw new AssertionError("the server does not stop", failure);
        }
    }

    @Override
    public void close() {
        stop();
        tables.drop();
        TestEngine.delete(directory);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no result within 60 s", e);
        }
    }
}
