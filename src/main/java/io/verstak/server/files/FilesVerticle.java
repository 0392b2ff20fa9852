package io.verstak.server.files;

import io.verstak.server.bus.Bus;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.files.FileIndexStore;
import io.verstak.server.storage.files.FileTreeStore;
import io.verstak.server.sync.HeadSource;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.time.Clock;

/** Serves {@link VaultFiles}, and keeps the index that it is read from. Runs on a worker thread of its own. */
public final class FilesVerticle extends VerticleBase {
    /** In the data directory of a server whose database is a file. */
    public static final String FILE = "files.db";

    /** A resource with the tables of an index, for a database that holds nothing else. */
    public static final String SCHEMA = "/db/files.sql";

    /** Of {@link #SCHEMA}. */
    public static final int SCHEMA_VERSION = 1;

    public static final DeploymentOptions OPTIONS = new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("files")
            .setWorkerPoolSize(1);

    private final Bus bus;
    private final Database database;
    private final Database index;
    private final HeadSource commits;
    private final Clock clock;
    private FileFollower follower;

    /**
     * @param database with the heads of logs
     * @param index where the index is; may be the same, otherwise it is closed with this
     * @param commits of this process
     */
    @SuppressWarnings("NullAway.Init") // made in start(), before anything is served
    public FilesVerticle(Bus bus, Database database, Database index, HeadSource commits, Clock clock) {
        this.bus = bus;
        this.database = database;
        this.index = index;
        this.commits = commits;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        SyncLog log = bus.client(SyncLog.class);
        HeadStore heads = new HeadStore(database);
        FileIndexStore store = new FileIndexStore(index);
        follower = new FileFollower(vertx, new FileIndexer(log, heads, store, clock), heads, store);
        commits.listen(follower);
        follower.start();
        return bus.serve(
                VaultFiles.class,
                new IndexedFiles(
                        log, new FileIndexes(vertx, heads, store, follower::atOnce), new FileTreeStore(index)));
    }

    @Override
    public Future<?> stop() {
        return follower.stop().compose(ended -> index == database ? Future.succeededFuture() : index.close());
    }
}
