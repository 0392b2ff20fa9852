package io.verstak.bench.server;

import io.verstak.server.blob.s3.S3Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * All that a server of the benchmark has on disk: configuration, data directory, log; and one user with one device
 * in an empty vault.
 */
public final class ServerHome {
    /** The one user. */
    public static final String USER = "bench";

    public static final String PASSWORD = "bench-" + UUID.randomUUID();
    /** One address stands for all devices here, so the limits per address and account would measure themselves. */
    private static final String CONFIG =
            "{\"rateLimits\":{\"enabled\":false},\"metrics\":{\"listen\":\"127.0.0.1:0\"}}";

    private final Path folder;
    private final ServerProgram program;
    private final String database;

    private ServerHome(Path folder, ServerProgram program, String config, String database) throws IOException {
        this.folder = folder;
        this.program = program;
        this.database = database;
        Files.createDirectories(folder);
        Files.writeString(config(), config);
        Files.writeString(password(), PASSWORD);
    }

    /** A data directory as the server's own command makes it, with the user and without a device. */
    public static ServerHome withUser(Path folder, ServerProgram program) throws IOException, InterruptedException {
        ServerHome home = new ServerHome(folder, program, CONFIG, "jdbc:sqlite:" + folder.resolve("data/server.db"));
        home.addUser();
        return home;
    }

    /**
     * A home beside a database that is elsewhere, perhaps with other nodes.
     *
     * @param config of the server
     * @param database the address of the database for JDBC
     */
    static ServerHome beside(Path folder, ServerProgram program, String config, String database) throws IOException {
        return new ServerHome(folder, program, config, database);
    }

    /** Adds the user to the database. */
    void addUser() throws IOException, InterruptedException {
        List<String> command = program.command(List.of(
                "admin",
                "create-user",
                USER,
                USER + "@example.org",
                "--config",
                config().toString(),
                "--data",
                data().toString()));
        try (ChildJvm child = ChildJvm.start(log(), password(), command)) {
            child.awaitSuccess();
        }
    }

    /** A copy of a home whose server is stopped, without its blobs, for a program that reads the same database. */
    public ServerHome copy(Path to, ServerProgram other) throws IOException {
        ServerHome copy = new ServerHome(to, other, CONFIG, "jdbc:sqlite:" + to.resolve("data/server.db"));
        Files.createDirectories(copy.data());
        for (String suffix : List.of("", "-wal")) {
            Path file = Path.of(database() + suffix);
            if (Files.exists(file)) {
                Files.copy(file, Path.of(copy.database() + suffix));
            }
        }
        return copy;
    }

    /** Lets its server keep blobs in a bucket. */
    public ServerHome inBucket(S3Access access) throws IOException {
        Path key = Files.writeString(folder.resolve("access"), access.accessKey());
        Path secret = Files.writeString(folder.resolve("secret"), access.secretKey());
        String objects =
                ",\"objects\":{\"kind\":\"s3\",\"endpoint\":\"%s\",\"bucket\":\"%s\",\"prefix\":\"%s\",\"accessKeyFile\":\"%s\",\"secretKeyFile\":\"%s\"}}"
                        .formatted(
                                access.endpoint(),
                                access.bucket(),
                                access.prefix(),
                                key.toAbsolutePath(),
                                secret.toAbsolutePath());
        Files.writeString(config(), CONFIG.substring(0, CONFIG.length() - 1) + objects);
        return this;
    }

    /** Lets its server read the files of vaults, or not, from its next start on. */
    public ServerHome withFiles(boolean files) throws IOException {
        Files.writeString(config(), CONFIG.substring(0, CONFIG.length() - 1) + ",\"web\":{\"files\":" + files + "}}");
        return this;
    }

    /** Pairs the home's device; returns its token. */
    public String pairDevice(ServerProcess server) throws IOException, InterruptedException {
        return Pairing.pair(server, "bench");
    }

    /** Pairs so many devices, which the vaults get in turn; returns their tokens. */
    public List<byte[]> pairDevices(ServerProcess server, int count, List<String> vaults)
            throws IOException, InterruptedException {
        List<byte[]> tokens = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String token = Pairing.pair(server, vaults.get(number % vaults.size()));
            tokens.add(token.getBytes(StandardCharsets.US_ASCII));
        }
        return tokens;
    }

    /** The server that runs on this home. */
    public ServerProgram program() {
        return program;
    }

    public Path folder() {
        return folder;
    }

    /** The database under the server; for reading, and for writing while no server runs. */
    public Connection openDatabase() throws SQLException {
        return DriverManager.getConnection(database);
    }

    /** Deletes the files of all blobs, which their rows outlive: for a server that is asked for none of them any more. */
    public void deleteBlobFiles() throws IOException {
        Path blobs = data().resolve("blobs");
        if (Files.exists(blobs)) {
            try (Stream<Path> files = Files.walk(blobs)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    Path database() {
        return data().resolve("server.db");
    }

    Path data() {
        return folder.resolve("data");
    }

    Path config() {
        return folder.resolve("config.json");
    }

    Path password() {
        return folder.resolve("password");
    }

    Path log() {
        return folder.resolve("server.log");
    }
}
