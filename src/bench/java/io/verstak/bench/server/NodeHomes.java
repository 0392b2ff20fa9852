package io.verstak.bench.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.TestS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/** Homes of nodes that share a database and a bucket, with the user and a device in it. */
public final class NodeHomes {
    private static final int KEY_BYTES = 32;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final PostgresServer postgres;
    private final Map<String, String> objects;
    private final Path key;
    private int homes;

    /** Fills the database. Starts an S3 server, which ends with this JVM. */
    public NodeHomes(Path folder, PostgresServer postgres) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.postgres = postgres;
        this.objects = TestS3.settings(TestS3.newPrefix(), folder);
        this.key = folder.resolve("key");
        byte[] drawn = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(drawn);
        Files.write(key, drawn);
        ServerHome first = newHome(ServerProgram.BUILT, 1);
        first.addUser();
        try (ServerProcess server = ServerProcess.start(first)) {
            first.pairDevice(server);
        }
    }

    /** A home of another node. */
    public ServerHome newHome(ServerProgram program, int lanes) throws IOException {
        homes++;
        ObjectNode config = JSON.createObjectNode();
        config.putObject("rateLimits").put("enabled", false);
        config.putObject("metrics").put("listen", "127.0.0.1:0");
        config.putObject("database")
                .put("url", "postgresql://127.0.0.1:" + postgres.port() + "/" + PostgresServer.DATABASE)
                .put("user", postgres.user())
                .put("tls", "disable")
                .put("commitLanes", lanes);
        ObjectNode bucket = config.putObject("objects");
        objects.forEach((name, value) -> bucket.put(name.substring("objects.".length()), value));
        config.putObject("node").put("name", "node-" + homes);
        config.putObject("secrets").put("keyFile", key.toString());
        return ServerHome.beside(
                folder.resolve("node-" + homes),
                program,
                JSON.writeValueAsString(config),
                "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + PostgresServer.DATABASE + "?user="
                        + postgres.user());
    }
}
