package io.verstak.server;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.file.BlobFileStore;
import io.verstak.server.blob.file.StagedFiles;
import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.blob.s3.S3BlobStore;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ObjectsConfig;
import io.verstak.server.config.SecretFile;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.files.FilesVerticle;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.DatabaseLeases;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.Notifications;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.storage.postgresql.PostgresNotifications;
import io.verstak.server.storage.sqlite.DerivedDatabase;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The database that the configuration names, opened, with what comes with its engine; and where the bytes of blobs are.
 *
 * @param notifications among the nodes; empty if there is only one
 * @param node the name of this node; empty if there is only one
 */
public record Engine(
        Database database,
        OpLog.Opener log,
        Supplier<Leases> leases,
        Optional<Notifications> notifications,
        String node) {
    /** What stores without regions take. */
    private static final String DEFAULT_REGION = "us-east-1";

    /** Of an object. */
    private static final int MOST_PARTS = 10_000;

    /**
     * Opens the data directory of a server; beside a PostgreSQL it holds no database. Blocks.
     *
     * @throws io.verstak.server.storage.StorageException in one line for a person
     */
    public static DataDirectory directory(ServerConfig config) {
        Path root = Path.of(config.storage().dataDir());
        return config.database().isPostgres() ? DataDirectory.openBeside(root) : DataDirectory.open(root);
    }

    /**
     * Reads the key that sealed values are opened with. Blocks.
     *
     * @throws io.verstak.server.storage.StorageException in one line for a person
     */
    public static SecretBox secrets(ServerConfig config, DataDirectory directory, SecureRandom random) {
        String file = config.secrets().keyFile();
        return file.isEmpty() ? SecretBox.open(directory, random) : SecretBox.open(Path.of(file), random);
    }

    /**
     * Opens the database and brings its schema up to date. Blocks.
     *
     * @param readers connections that read from the embedded database
     * @param onFatal runs once when the disk no longer keeps what it is given; the process must not write on
     * @throws io.verstak.server.storage.StorageException in one line for a person
     */
    public static Engine open(
            Vertx vertx,
            ServerConfig config,
            DataDirectory directory,
            int readers,
            Runnable onFatal,
            UpgradeProgress progress) {
        if (!config.database().isPostgres()) {
            SqliteDatabase database = SqliteDatabase.open(vertx, directory, readers, onFatal, progress);
            return new Engine(database, database::openLog, directory::leases, Optional.empty(), "");
        }
        String node = config.node().nameOrHost();
        PostgresAccess access = PostgresAccess.of(config.database(), node);
        PostgresDatabase database = PostgresDatabase.open(
                vertx, access, config.database().poolSize(), config.database().migratesItself());
        int lanes = config.database().commitLanes();
        return new Engine(
                database,
                (pages, clock, answersKept) -> database.openLog(pages, lanes, clock, answersKept),
                () -> new DatabaseLeases(vertx, database, node),
                Optional.of(new PostgresNotifications(vertx, access)),
                node);
    }

    /**
     * Opens the database of the index of vaults' files: beside the embedded one, where pushes do not wait for it, or the one that all
     * nodes use. Blocks.
     *
     * @throws io.verstak.server.storage.StorageException in one line for a person
     */
    public Database filesIndex(Vertx vertx, DataDirectory directory, int readers, Runnable onFatal) {
        return database.isShared()
                ? database
                : DerivedDatabase.open(
                        vertx,
                        directory.root().resolve(FilesVerticle.FILE),
                        FilesVerticle.SCHEMA,
                        FilesVerticle.SCHEMA_VERSION,
                        readers,
                        onFatal);
    }

    /**
     * Deletes what an index of files that is switched off now has left in the data directory. Blocks.
     *
     * @throws io.verstak.server.storage.StorageException in one line for a person
     */
    void dropFilesIndex(DataDirectory directory) {
        Path file = directory.root().resolve(FilesVerticle.FILE);
        try {
            DerivedDatabase.delete(file);
        } catch (IOException failure) {
            throw new StorageException("%s cannot be deleted: %s".formatted(file, failure.getMessage()), failure);
        }
    }

    /** Returns whether changes on other nodes are known here at once. */
    boolean hearsOthers() {
        return notifications.map(Notifications::isHeard).orElse(true);
    }

    /** Returns where the bucket is, for a person; empty: blobs are in a folder. */
    static String bucket(ObjectsConfig objects) {
        return objects.isS3()
                ? (objects.endpoint() + "/" + objects.bucket() + "/" + objects.prefix()).replaceAll("/$", "")
                : "";
    }

    /**
     * Opens the store of blobs that the configuration names. Fails with {@link io.verstak.server.storage.StorageException} in one line
     * for a person.
     *
     * @param onFatal runs once when an fsync fails; it has to end the process
     */
    public static Future<? extends BlobBackend> blobs(
            Vertx vertx,
            ServerConfig config,
            DataDirectory directory,
            Database database,
            Clock clock,
            Runnable onFatal) {
        ObjectsConfig objects = config.objects();
        if (!objects.isS3()) {
            return Future.succeededFuture(new BlobFileStore(vertx, directory, onFatal));
        }
        S3Access access = new S3Access(
                objects.endpoint(),
                objects.region().isEmpty() ? DEFAULT_REGION : objects.region(),
                objects.bucket(),
                objects.prefix(),
                secret("objects.accessKeyFile", objects.accessKeyFile()),
                secret("objects.secretKeyFile", objects.secretKeyFile()),
                objects.pathStyle(),
                Math.max(objects.partBytes(), config.limits().maxBlobBytes() / MOST_PARTS + 1),
                objects.keepDeletedDays());
        return S3BlobStore.open(
                vertx,
                access,
                database,
                new StagedFiles(vertx, directory, onFatal),
                config.node().nameOrHost(),
                clock);
    }

    /**
     * Upgrades the schema of a PostgreSQL, whatever {@code database.migrations} says, and closes it. Blocks.
     *
     * @return the schema that this release uses
     * @throws io.verstak.server.storage.StorageException in one line for a person
     */
    public static int migrate(Vertx vertx, ServerConfig config) {
        PostgresAccess access =
                PostgresAccess.of(config.database(), config.node().nameOrHost());
        PostgresDatabase database = PostgresDatabase.open(vertx, access, 1, true);
        database.close().toCompletionStage().toCompletableFuture().join();
        return database.schemaVersion();
    }

    private static String secret(String key, String file) {
        try {
            return SecretFile.read(key, file);
        } catch (ConfigException unreadable) {
            throw new StorageException(String.join("; ", unreadable.lines()));
        }
    }
}
