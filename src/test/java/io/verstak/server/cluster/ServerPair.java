package io.verstak.server.cluster;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.account.module.AccountModule;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.mail.OutboxStore;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Two whole servers, {@code one} and {@code other}, on one PostgreSQL and one bucket. */
final class ServerPair implements AutoCloseable {
    private final PostgresAccess access = ClusterNode.newDatabase();
    private final S3Access bucket = TestS3.newPrefix();
    private final Path keys;
    private final TestServer one;
    private final TestServer other;
    private volatile boolean oneStopped;

    private ServerPair(Map<String, String> more) {
        try {
            keys = Files.createTempDirectory("verstak-keys");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        one = TestServer.start(settings("one", more));
        Map<String, String> both = new HashMap<>(more);
        both.putAll(sameKey());
        other = TestServer.start(settings("other", both));
    }

    /** @param more settings of both */
    static ServerPair start(Map<String, String> more) {
        return new ServerPair(more);
    }

    PostgresAccess access() {
        return access;
    }

    S3Access bucket() {
        return bucket;
    }

    TestServer one() {
        return one;
    }

    TestServer other() {
        return other;
    }

    /** The setting that a server needs to join. */
    Map<String, String> sameKey() {
        return Map.of("secrets.keyFile", one.data().resolve("secret.key").toString());
    }

    /** The settings of one more server. */
    Map<String, String> settings(String node, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(TestS3.settings(bucket, keys));
        settings.put("database.url", access.url());
        settings.put("database.user", access.user());
        settings.put("database.tls", "disable");
        settings.put("http.listen", "127.0.0.1:" + freePort());
        settings.put("node.name", node);
        settings.put("node.drainSeconds", "0");
        settings.putAll(more);
        return settings;
    }

    /** The same after a restart. */
    private static int freePort() {
        try {
            return FreePort.any();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the token of a device in a vault of its own. */
    String newDevice(String id) {
        return device(id, String.valueOf(ClusterNode.newScope(access)));
    }

    String newDeviceOf(String id, String another) {
        return device(id, "(SELECT scope_id FROM devices WHERE id = '" + another + "')");
    }

    private String device(String id, String scope) {
        TestPostgres.execute(
                access, """
                INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix, created_at)
                VALUES ('%s', 'user', %s, '', '', '%s', '', '', 0)""".formatted(id, scope, Tokens.digest("token of " + id).hex()));
        return "token of " + id;
    }

    /** Does something to the accounts as a command would. */
    <T> T beside(Function<AccountModule, Future<T>> work) {
        Vertx vertx = Vertx.vertx();
        Database database = PostgresDatabase.open(vertx, access, 1);
        SecureRandom random = new SecureRandom();
        SecretBox secrets = SecretBox.open(one.data().resolve("secret.key"), random);
        OutboxStore outbox = new OutboxStore(database, secrets);
        ServerSettings settings = new ServerSettings(database, ServerConfig.defaults(), Clock.systemUTC());
        try (AccountModule accounts = new AccountModule(
                vertx, database, outbox, () -> {}, settings, secrets, Optional.empty(), Clock.systemUTC(), random)) {
            return await(work.apply(accounts).eventually(accounts::finished));
        } finally {
            await(database.close());
            await(vertx.close());
        }
    }

    /** Stops one server, with all that it has on its disk. */
    void stopOne() {
        oneStopped = true;
        one.close();
    }

    @Override
    public void close() {
        other.close();
        if (!oneStopped) {
            stopOne();
        }
    }
}
