package io.verstak.server.testkit.machine;

import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Debian's PostgreSQL as a primary and a standby that follows it, made by {@code pg_basebackup}; each promotion exchanges the two. Its
 * programs run as the user {@code postgres} when the tests run as root.
 */
public final class PostgresPair implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final String DATABASE = "verstak";
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Path programs;
    private final Path folder;
    private Place primary;
    private Place standby;

    private record Place(Path data, int port) {}

    private PostgresPair(Path programs, Path folder, Place primary, Place standby) {
        this.programs = programs;
        this.folder = folder;
        this.primary = primary;
        this.standby = standby;
    }

    /** Starts both, with an empty database. The primary does not wait for the standby. */
    public static PostgresPair start() throws IOException {
        Path folder = Files.createTempDirectory("verstak-postgres");
        if (ROOT) {
            run(List.of("chown", "postgres:", folder.toString()));
        }
        PostgresPair pair = new PostgresPair(
                programs(),
                folder,
                new Place(folder.resolve("a"), FreePort.any()),
                new Place(folder.resolve("b"), FreePort.any()));
        try {
            pair.program("initdb", "-D", pair.primary.data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8");
            pair.configure(pair.primary, "wal_keep_size = 256MB\nmax_connections = 60\nshared_buffers = 64MB\n");
            pair.start(pair.primary);
            pair.execute("CREATE DATABASE " + DATABASE);
            pair.follow();
            return pair;
        } catch (RuntimeException | Error failure) {
            pair.close();
            throw failure;
        }
    }

    private static Path programs() throws IOException {
        try (Stream<Path> versions = Files.exists(VERSIONS) ? Files.list(VERSIONS) : Stream.empty()) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.exists(bin.resolve("pg_basebackup")) && Files.exists(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new AssertionError("Debian's package postgresql is not installed"));
        }
    }

    /** The address of both. */
    public String url() {
        return "postgresql://127.0.0.1:%s,127.0.0.1:%s/%s".formatted(primary.port, standby.port, DATABASE);
    }

    /** Makes the other place a new standby of the primary, and waits until it follows. The primary does not wait for it. */
    public void follow() {
        kill(standby);
        execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        run(List.of("rm", "-rf", standby.data.toString()));
        program(
                "pg_basebackup",
                "-d",
                "host=127.0.0.1 port=%s user=postgres application_name=standby".formatted(primary.port),
                "-D",
                standby.data.toString(),
                "-R",
                "-X",
                "stream",
                "-c",
                "fast");
        configure(standby, "");
        start(standby);
        await("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'");
    }

    /** Appends settings. As root, the file stays that of the user who owns it. */
    private void configure(Place place, String settings) {
        try {
            Files.writeString(
                    place.data.resolve("postgresql.conf"),
                    "port = %s\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '%s'\n%s"
                            .formatted(place.port, folder, settings),
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(Place place) {
        program("pg_ctl", "start", "-w", "-D", place.data.toString(), "-l", place.data + ".log");
    }

    /** From now on a commit waits until the standby has it on its disk. */
    public void makeSynchronous() {
        execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
        await("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'");
    }

    /** From now on the standby gets nothing more; one that commits wait for keeps them waiting. */
    public void cutStandbyOff() {
        execute(standby, "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()");
        await("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_replication)");
    }

    /** Ends the primary as the loss of its machine would (SIGKILL), and promotes the standby. */
    public void failOver() {
        kill(primary);
        program("pg_ctl", "promote", "-w", "-D", standby.data.toString());
        Place dead = primary;
        primary = standby;
        standby = dead;
    }

    /** Restarts the primary, {@code fast} or {@code immediate}. */
    public void restart(String mode) {
        program("pg_ctl", "restart", "-w", "-m", mode, "-D", primary.data.toString(), "-l", primary.data + ".log");
    }

    /** Runs statements in the database of the primary. */
    public void execute(String... statements) {
        execute(primary, statements);
    }

    private static void execute(Place place, String... statements) {
        try (Connection connection = connect(place);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the rows of a query of the primary, each as its columns joined by {@code |}. */
    public List<String> rows(String sql) {
        try (Connection connection = connect(primary)) {
            return TestDatabase.rows(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until a query of the primary has a row. */
    public void await(String sql) {
        long begun = System.nanoTime();
        while (rows(sql).isEmpty()) {
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new AssertionError("no row: " + sql);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** In {@code postgres} until there is the database. */
    private static Connection connect(Place place) throws SQLException {
        String server = "jdbc:postgresql://127.0.0.1:" + place.port + "/";
        try {
            return DriverManager.getConnection(server + DATABASE, "postgres", "");
        } catch (SQLException missing) {
            if (!"3D000".equals(missing.getSQLState())) {
                throw missing;
            }
            return DriverManager.getConnection(server + "postgres", "postgres", "");
        }
    }

    private void program(String name, String... arguments) {
        List<String> command = new ArrayList<>(ROOT ? List.of("runuser", "-u", "postgres", "--") : List.of());
        command.add(programs.resolve(name).toString());
        command.addAll(List.of(arguments));
        run(command);
    }

    private static void run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/tmp").toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The first process, and those that it has started. */
    private static void kill(Place place) {
        Path file = place.data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return;
        }
        try {
            ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0).strip()))
                    .ifPresent(first -> {
                        List<ProcessHandle> all =
                                new ArrayList<>(first.descendants().toList());
                        all.add(0, first);
                        // Some end by themselves when the first has.
                        run(List.of(
                                "sh",
                                "-c",
                                all.stream()
                                        .map(process -> Long.toString(process.pid()))
                                        .collect(Collectors.joining(" ", "kill -KILL ", " 2>/dev/null; true"))));
                        all.forEach(process -> process.onExit().join());
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill(primary);
        kill(standby);
        run(List.of("rm", "-rf", folder.toString()));
    }
}
