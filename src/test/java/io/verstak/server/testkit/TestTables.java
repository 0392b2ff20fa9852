package io.verstak.server.testkit;

import static java.util.Objects.requireNonNull;

import io.verstak.server.blob.s3.S3Access;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of a test on either engine: for stores or a server that open them, and for a look into them from beside. */
abstract class TestTables {
    private static final int READERS = 2;

    /**
     * What a server is configured with that uses them.
     *
     * @param folder for files that the settings name
     */
    abstract Map<String, String> settings(Path folder);

    /** What the server has stored of blobs. */
    abstract StoredBlobs blobs();

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
        Map<String, String> settings(Path folder) {
            return Map.of();
        }

        @Override
        StoredBlobs blobs() {
            return new StoredBlobs.Folder(root);
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

    /** A database of the PostgreSQL of this JVM; a server has its blobs in a part of the bucket. */
    static final class Postgres extends TestTables {
        private final PostgresAccess access;
        private final boolean own;
        private @Nullable S3Access bucket;

        Postgres() {
            this(TestPostgres.newDatabaseWithSchema(), true);
        }

        private Postgres(PostgresAccess access, boolean own) {
            this.access = access;
            this.own = own;
        }

        /** Those of a database that the test has made, for a server that is configured with it. */
        static Postgres of(String url, String user) {
            return new Postgres(new PostgresAccess(url, user, "", ""), false);
        }

        @Override
        Map<String, String> settings(Path folder) {
            if (!own) {
                return Map.of();
            }
            bucket = TestS3.newPrefix();
            Map<String, String> settings = new HashMap<>(TestS3.settings(bucket, folder));
            settings.put("database.url", access.url());
            settings.put("database.user", access.user());
            settings.put("database.tls", "disable");
            settings.put("node.drainSeconds", "0");
            return settings;
        }

        @Override
        StoredBlobs blobs() {
            return new StoredBlobs.Bucket(requireNonNull(bucket), this);
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
            if (own) {
                TestPostgres.drop(access);
            }
        }
    }
}
