package io.verstak.server.cluster;

import io.verstak.server.auth.token.Tokens;
import io.verstak.server.blob.resumable.Tus;
import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Three whole servers on one PostgreSQL and one bucket, with a device that each of them knows. */
final class ThreeServers implements AfterAllCallback {
    static final int COUNT = 3;
    private static final String DEVICE = "device";

    final PostgresAccess access = ClusterNode.newDatabase();
    final S3Access bucket = TestS3.newPrefix();
    final List<TestServer> servers = new ArrayList<>();
    final List<Tus> nodes = new ArrayList<>();
    private final List<Desktop> devices = new ArrayList<>();

    /** @param more settings of all of them */
    ThreeServers(Map<String, String> more) {
        long scope = ClusterNode.newScope(access);
        execute("""
                INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix, created_at)
                VALUES ('%s', 'user', %d, '', '', '%s', '', '', 0)""".formatted(DEVICE, scope, Tokens.digest(DEVICE).hex()));
        Map<String, String> settings = new HashMap<>(more);
        settings.putAll(TestS3.settings(bucket, keys()));
        settings.put("database.url", access.url());
        settings.put("database.user", access.user());
        settings.put("database.tls", "disable");
        for (int i = 0; i < COUNT; i++) {
            settings.put("node.name", "node" + i);
            TestServer server = TestServer.start(settings);
            servers.add(server);
            settings.put(
                    "secrets.keyFile",
                    servers.get(0).data().resolve("secret.key").toString());
            Desktop device = Desktop.paired(server::port, DEVICE, DEVICE, 0);
            devices.add(device);
            nodes.add(new Tus(server, device));
        }
    }

    private static Path keys() {
        try {
            return Files.createTempDirectory("verstak-keys");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns one of the nodes, in turn. */
    Tus node(int number) {
        return nodes.get(number % COUNT);
    }

    void execute(String... statements) {
        TestPostgres.execute(access, statements);
    }

    List<String> rows(String sql) {
        return TestPostgres.rows(access, sql);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        devices.forEach(Desktop::close);
        servers.forEach(TestServer::close);
    }
}
