package io.verstak.server;

import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.DatabaseLeases;
import io.verstak.server.storage.Leases;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The database that the configuration names, opened, with what comes with its engine. */
public record Engine(Database database, OpLog.Opener log, Leases leases) {

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
            return new Engine(database, database::openLog, directory.leases());
        }
        String node = config.node().nameOrHost();
        PostgresDatabase database = PostgresDatabase.open(
                vertx,
                PostgresAccess.of(config.database(), node),
                config.database().poolSize());
        return new Engine(database, database::openLog, new DatabaseLeases(vertx, database, node));
    }
}
