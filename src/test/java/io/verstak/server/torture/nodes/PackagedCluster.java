package io.verstak.server.torture.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OwnPostgres;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.torture.Scope;
import io.verstak.server.torture.Target;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Three processes of the packaged jar on one PostgreSQL and one bucket, behind nginx; each part can be taken away. */
final class PackagedCluster implements Target, AutoCloseable {
    static final int NODES = 3;

    /** The user whom an administrator blocks, with the user of the load beside. */
    static final String BLOCKED = "bob";

    private static final int PATIENCE_SECONDS = 120;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int LINES_SHOWN = 15;

    private final Vertx vertx = Vertx.vertx();
    private final OwnPostgres postgres = OwnPostgres.start();
    private final List<Wire> databases = new ArrayList<>();
    private final List<PackagedServer> servers = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final Wire objects = new Wire(vertx, TestS3.port());
    private final Path folder;
    private final S3Access bucket;
    private final Front front;

    /** @param folder for what it keeps */
    private PackagedCluster(Path folder) throws IOException {
        this.folder = folder;
        bucket = TestS3.at(
                "http://127.0.0.1:" + objects.port(), TestS3.newPrefix().prefix());
        for (int node = 0; node < NODES; node++) {
            ports.add(FreePort.any());
            databases.add(new Wire(vertx, postgres.port()));
        }
        front = new Front(folder.resolve("nginx"), ports);
    }

    /**
     * Starts all of it.
     *
     * @param sticky whether a device stays with one node while that lives
     */
    static PackagedCluster start(Path folder, boolean sticky) throws IOException {
        PackagedCluster cluster = new PackagedCluster(folder);
        try {
            cluster.start(sticky);
            return cluster;
        } catch (IOException | RuntimeException | Error failure) {
            cluster.close();
            throw failure;
        }
    }

    private void start(boolean sticky) throws IOException {
        Files.writeString(folder.resolve("access"), bucket.accessKey());
        Files.writeString(folder.resolve("secret"), bucket.secretKey());
        Files.write(folder.resolve("key"), new byte[32]);
        for (int node = 0; node < NODES; node++) {
            Path config = Files.writeString(folder.resolve("node-" + node + ".json"), config(node));
            if (node == 0) {
                createAdministrator(config);
            }
            servers.add(PackagedServer.startAt(
                    ports.get(node), folder.resolve("data-" + node), "--config", config.toString()));
        }
        front.start(sticky);
        AdminScript administrator = administrator();
        for (String name : List.of(Scope.USER, BLOCKED)) {
            Answer created = administrator.post("users/create", """
                    {"username": "%1$s", "email": "%1$s@example.org", "password": "%2$s"}""".formatted(name, Scope.PASSWORD));
            assertThat(created.status()).as(created.toString()).isEqualTo(200);
        }
    }

    private static void createAdministrator(Path config) {
        PackagedServer.Result result = PackagedServer.run(
                AdminScript.PASSWORD + "\n", "admin", "create-admin", AdminScript.NAME, "--config", config.toString());
        assertThat(result.exit()).as(result.toString()).isZero();
    }

    /** Signs in through nginx. */
    AdminScript administrator() {
        return new AdminScript(this::port);
    }

    private String config(int node) {
        return """
                {
                  "http": {"publicUrl": "http://127.0.0.1:%8$s", "trustedProxies": ["127.0.0.1/32"]},
                  "storage": {"dataDir": "%1$s/data-%2$s"},
                  "database": {"url": "postgresql://127.0.0.1:%3$s/verstak", "user": "%4$s", "tls": "disable"},
                  "objects": {"kind": "s3", "endpoint": "%5$s", "bucket": "%6$s", "prefix": "%7$s",
                              "accessKeyFile": "%1$s/access", "secretKeyFile": "%1$s/secret"},
                  "node": {"name": "node-%2$s"},
                  "secrets": {"keyFile": "%1$s/key"},
                  "rateLimits": {"enabled": false},
                  "metrics": {"enabled": false}
                }
                """.formatted(
                        folder,
                        node,
                        databases.get(node).port(),
                        postgres.user(),
                        bucket.endpoint(),
                        bucket.bucket(),
                        bucket.prefix(),
                        front.port());
    }

    /** Of nginx. */
    @Override
    public int port() {
        return front.port();
    }

    @Override
    public boolean isAlive() {
        return true;
    }

    /** The last lines of each node. */
    @Override
    public List<String> lines() {
        List<String> all = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            all.add("node-" + node);
            List<String> its = servers.get(node).lines();
            all.addAll(its.subList(Math.max(0, its.size() - LINES_SHOWN), its.size()));
        }
        return all;
    }

    int port(int node) {
        return ports.get(node);
    }

    /** Of the nodes. */
    List<Integer> ports() {
        return List.copyOf(ports);
    }

    Front front() {
        return front;
    }

    OwnPostgres postgres() {
        return postgres;
    }

    /** Between a node and PostgreSQL. */
    Wire database(int node) {
        return databases.get(node);
    }

    /** Between all nodes and the bucket. */
    Wire objects() {
        return objects;
    }

    /** Kills a node, and starts it again without waiting for it. */
    void kill(int node) {
        servers.get(node).kill();
        servers.get(node).launchWithin(List.of());
    }

    /** Kills a node for good. */
    void end(int node) {
        servers.get(node).kill();
    }

    void launch(int node) {
        servers.get(node).launchWithin(List.of());
    }

    boolean isReady(int node) {
        try {
            return Http.once(port(node), Request.get("/readyz")).status() == 200;
        } catch (IOException down) {
            return false;
        }
    }

    /** Waits until all nodes are ready; returns how long that took. */
    Duration awaitReady() {
        long begun = System.nanoTime();
        for (int node : IntStream.range(0, NODES).toArray()) {
            while (!isReady(node)) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as("node %s is not ready: %s", node, lines())
                        .isLessThan(Duration.ofSeconds(PATIENCE_SECONDS));
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Override
    public void close() {
        front.close();
        servers.forEach(PackagedServer::close);
        databases.forEach(Wire::close);
        objects.close();
        postgres.close();
        Futures.await(vertx.close());
    }
}
