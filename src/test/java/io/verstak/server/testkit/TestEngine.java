package io.verstak.server.testkit;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.storage.Database;
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

    /** Names the engine of the servers that tests start; without it that is SQLite. */
    private static final String PROPERTY = "verstak.test.engine";

    /** The engine of the servers that tests start. */
    public static TestEngine ofServers() {
        return valueOf(System.getProperty(PROPERTY, SQLITE.name()).toUpperCase(Locale.ROOT));
    }

    /** @param data the data directory of the server */
    TestTables tables(Path data) {
        return this == SQLITE ? new TestTables.File(data) : new TestTables.Postgres();
    }

    /** Opens a database with nothing in it but its schema, for a test of stores. */
    public Store open() {
        return new Store(this);
    }

    /** A database, and a look into its tables from beside it. */
    public static final class Store implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx();
        private final Path root;
        private final TestTables tables;
        private final Database database;

        private Store(TestEngine engine) {
            try {
                root = Files.createTempDirectory("verstak-store");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            tables = engine.tables(root);
            database = tables.open(vertx);
        }

        public Database database() {
            return database;
        }

        public void execute(String... statements) {
            tables.execute(statements);
        }

        /** The rows, each as its columns joined by {@code |}. */
        public List<String> rows(String sql) {
            return tables.rows(sql);
        }

        @Override
        public void close() {
            await(database.close());
            await(vertx.close());
            tables.drop();
            delete(root);
        }
    }

    /** Deletes a folder with all in it. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
