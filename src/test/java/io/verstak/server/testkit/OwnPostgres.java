package io.verstak.server.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Debian's PostgreSQL, with a data directory and processes of its own, for a test that stops and starts it. */
public final class OwnPostgres implements AutoCloseable {
    /** A user of every system: PostgreSQL does not run as root. */
    private static final String NOBODY = "65534";

    private static final String USER = "verstak";

    private final Path folder;
    private final Path programs;
    private final int port;

    /** How it stops. */
    public enum Stop {
        /** Ends sessions, and writes down what it has. */
        FAST,
        /** As a crash: the next start repeats its log. */
        IMMEDIATE
    }

    private OwnPostgres(Path folder, Path programs, int port) {
        this.folder = folder;
        this.programs = programs;
        this.port = port;
    }

    /** Makes an empty database {@code verstak} of a role of this name, which needs no password, and starts. */
    public static OwnPostgres start() {
        try {
            Path folder = Files.createTempDirectory("verstak-postgres");
            OwnPostgres made = new OwnPostgres(folder, programs(), FreePort.any());
            made.run(List.of("chown", NOBODY + ":" + NOBODY, folder.toString()));
            made.program("initdb", "-D", made.data(), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust");
            made.start(made.folder.resolve("log"));
            made.execute("postgres", "CREATE DATABASE verstak");
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path programs() throws IOException {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("no PostgreSQL: apt-get install postgresql"));
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void start(Path log) {
        program(
                "pg_ctl",
                "start",
                "-D",
                data(),
                "-l",
                log.toString(),
                "-w",
                "-o",
                "-h 127.0.0.1 -p %s -k %s -c max_connections=200".formatted(port, folder));
    }

    /** Starts again after {@link #stop}; waits until it takes connections. */
    public void restart() {
        start(folder.resolve("log"));
    }

    /** Waits until it has stopped. */
    public void stop(Stop how) {
        program("pg_ctl", "stop", "-D", data(), "-w", "-m", how == Stop.FAST ? "fast" : "immediate");
    }

    public int port() {
        return port;
    }

    /** The first of its processes. */
    public long pid() {
        try {
            return Long.parseLong(
                    Files.readAllLines(Path.of(data(), "postmaster.pid")).get(0).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String user() {
        return USER;
    }

    /** Runs a statement in the database {@code verstak}. */
    public void execute(String sql) {
        execute("verstak", sql);
    }

    private void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the rows, each as its columns joined by {@code |}. */
    public List<String> rows(String sql) {
        try (Connection connection = connect("verstak")) {
            return TestDatabase.rows(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Opens a connection past everything that stands between the nodes and this. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%s/%s".formatted(port, database), USER, "");
    }

    private void program(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.add(programs.resolve(name).toString());
        command.addAll(List.of(arguments));
        run(command);
    }

    private void run(List<String> command) {
        try {
            Path said = Files.createTempFile("verstak-postgres", ".said");
            int exit = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start()
                    .waitFor();
            String text = Files.readString(said, StandardCharsets.UTF_8);
            Files.delete(said);
            if (exit != 0) {
                throw new AssertionError(command + ": " + exit + ": " + text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Override
    public void close() {
        stop(Stop.IMMEDIATE);
        TestEngine.delete(folder);
    }
}
