package io.verstak.server.testkit;

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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of a test on either engine: for stores or a server that open them, and for a look into them from beside. */
abstract class TestTables {
    private static final int READERS = 2;

    /** What a server is configured with that uses them. */
    abstract Map<String, String> settings();

    /** Opens them as another process would. */
    abstract Database open(Vertx vertx);

    abstract void execute(String... statements);

    /** The rows, each as its columns joined by {@code |}. */
    abstract List<String> rows(String sql);

    abstract void drop();

    /** The database file of a data directory. */
    static final class File extends TestTables {
        private final Path root;
        private @Nullable DataDirectory opened;

        File(Path root) {
            this.root = root;
        }

        @Override
        Map<String, String> settings() {
            return Map.of();
        }

        @Override
        Database open(Vertx vertx) {
            if (Files.exists(root.resolve("server.db"))) {
                return SqliteDatabase.open(vertx, DataDirectory.openShared(root, true), READERS, () -> {});
            }
            opened = DataDirectory.open(root);
            return SqliteDatabase.open(vertx, opened, READERS, () -> {});
        }

        @Override
        void execute(String... statements) {
            TestDatabase.execute(root.resolve("server.db"), statements);
        }

        @Override
        List<String> rows(String sql) {
            return TestDatabase.rows(root.resolve("server.db"), sql);
        }

        @Override
        void drop() {
            try {
                if (opened != null) {
                    opened.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A database of the PostgreSQL of this JVM. */
    static final class Postgres extends TestTables {
        private final PostgresAccess access = TestPostgres.newDatabaseWithSchema();

        @Override
        Map<String, String> settings() {
            return Map.of(
                    "database.url", access.url(),
                    "database.user", access.user(),
                    "database.tls", "disable");
        }

        @Override
        Database open(Vertx vertx) {
            return PostgresDatabase.open(vertx, access, READERS);
        }

        @Override
        void execute(String... statements) {
            TestPostgres.execute(access, statements);
        }

        @Override
        List<String> rows(String sql) {
            return TestPostgres.rows(access, sql);
        }

        @Override
        void drop() {
            TestPostgres.drop(access);
        }
    }
}
