package io.verstak.server.testkit;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The engines that a test of stores or of a whole server can run on. */
public enum TestEngine {
    SQLITE,
    POSTGRESQL;

    /** Names the engine of the servers that tests start; SQLite without it. */
    private static final String PROPERTY = "verstak.test.engine";

    /** The engine of the servers that tests start. */
    static TestEngine ofServers() {
        return valueOf(System.getProperty(PROPERTY, SQLITE.name()).toUpperCase(Locale.ROOT));
    }

    /** A database with an empty schema, for tests of stores. */
    public Store open() {
        return switch (this) {
            case SQLITE -> new SqliteStore();
            case POSTGRESQL -> new PostgresStore();
        };
    }

    /** A database, and a look into its tables from beside it. */
    public abstract static class Store implements AutoCloseable {
        final Vertx vertx = Vertx.vertx();

        public abstract Database database();

        public abstract void execute(String... statements);

        /** The rows, each as its columns joined by {@code |}. */
        public abstract List<String> rows(String sql);

        @Override
        public void close() {
            await(database().close());
            await(vertx.close());
        }
    }

    private static final class SqliteStore extends Store {
        private final Path root = newDirectory();
        private final DataDirectory directory = DataDirectory.open(root);
        private final Database database = SqliteDatabase.open(vertx, directory, 2, () -> {});

        private static Path newDirectory() {
            try {
                return Files.createTempDirectory("verstak-store");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void execute(String... statements) {
            TestDatabase.execute(directory.database(), statements);
        }

        @Override
        public List<String> rows(String sql) {
            return TestDatabase.rows(directory.database(), sql);
        }

        @Override
        public void close() {
            super.close();
            try (Stream<Path> files = Files.walk(root)) {
                directory.close();
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class PostgresStore extends Store {
        private final PostgresAccess access = TestPostgres.newDatabaseWithSchema();
        private final Database database = PostgresDatabase.open(vertx, access, 2);

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void execute(String... statements) {
            TestPostgres.execute(access, statements);
        }

        @Override
        public List<String> rows(String sql) {
            return TestPostgres.rows(access, sql);
        }
    }
}
