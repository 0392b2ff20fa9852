package io.verstak.server.testkit;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL of this JVM, started with the first test that asks for a database and ended with the JVM. */
public final class TestPostgres {
    /** A role of this name is asked for its password, all others are let in. */
    public static final String CAREFUL = "careful";

    private static final String USER = "postgres";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestPostgres() {}

    private static final class Started {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        // By itself it takes a port that others may be given before it listens there.
                        .setPort(FreePort.any())
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("fsync", "off")
                        .setServerConfig("synchronous_commit", "on")
                        .setDataDirectoryCustomizer(TestPostgres::askForPasswords)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void askForPasswords(File data) {
        Path rules = data.toPath().resolve("pg_hba.conf");
        try {
            Files.writeString(rules, "host all " + CAREFUL + " all scram-sha-256\n" + Files.readString(rules));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes an empty database. */
    public static PostgresAccess newDatabase() {
        String name = "test" + DATABASES.incrementAndGet();
        execute(USER, "CREATE DATABASE " + name);
        return access(name);
    }

    /** Makes a database with the schema of this release and nothing in it; faster than one that has to be upgraded. */
    public static PostgresAccess newDatabaseWithSchema() {
        String name = "test" + DATABASES.incrementAndGet();
        execute(USER, "CREATE DATABASE " + name + " TEMPLATE " + name(Template.ACCESS));
        return access(name);
    }

    private static final class Template {
        static final PostgresAccess ACCESS = newDatabase();

        static {
            Vertx vertx = Vertx.vertx();
            await(PostgresDatabase.open(vertx, ACCESS, 1).close());
            await(vertx.close());
        }
    }

    /** Gives {@link #CAREFUL} a password; it may do everything. */
    public static void careful(String password) {
        executeOutside("""
                DO $$ BEGIN CREATE ROLE %1$s LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                ALTER ROLE %1$s PASSWORD '%2$s'""".formatted(CAREFUL, password));
    }

    /** Deletes a database that nobody is connected to any more, or should not be. */
    public static void drop(PostgresAccess access) {
        executeOutside("DROP DATABASE IF EXISTS " + name(access) + " WITH (FORCE)");
    }

    private static PostgresAccess access(String name) {
        return new PostgresAccess("postgresql://127.0.0.1:" + port() + "/" + name, USER, "", "");
    }

    public static int port() {
        return Started.SERVER.getPort();
    }

    /** Returns the name of the database. */
    public static String name(PostgresAccess access) {
        return access.url().substring(access.url().lastIndexOf('/') + 1);
    }

    public static void execute(PostgresAccess access, String... statements) {
        execute(name(access), statements);
    }

    /** Runs statements in the server's own database, where nobody else is connected. */
    public static void executeOutside(String... statements) {
        execute(USER, statements);
    }

    /** Opens a connection beside all others, for what one of them waits for. */
    public static Connection connect(PostgresAccess access) {
        return connect(name(access));
    }

    private static Connection connect(String database) {
        try {
            return Started.SERVER.getDatabase(USER, database).getConnection();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Takes an advisory lock until it is closed. */
    public static AutoCloseable hold(PostgresAccess access, long lock) {
        try {
            Connection connection = connect(access);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_lock(" + lock + ")");
            }
            return connection;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the rows, each as its columns joined by {@code |}. */
    public static List<String> rows(PostgresAccess access, String sql) {
        try (Connection connection = connect(access)) {
            return TestDatabase.rows(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
