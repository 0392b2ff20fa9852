package io.verstak.server.files;

import io.verstak.server.domain.Scope;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.files.FileIndexStore;
import io.verstak.server.storage.files.FileTreeStore;
import io.verstak.server.sync.OpLines;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;

/** The files of vaults for a command: it makes the index of a vault itself, and nobody keeps it. Belongs to one context. */
public final class OfflineFiles {
    private final FileIndexer indexer;
    private final VaultFiles files;

    /**
     * @param database with the heads of logs
     * @param index an empty one
     */
    public OfflineFiles(Vertx vertx, Database database, Database index, OpLines log, Clock clock) {
        HeadStore heads = new HeadStore(database);
        FileIndexStore store = new FileIndexStore(index);
        indexer = new FileIndexer(log, heads, store, clock);
        files = new IndexedFiles(log, new FileIndexes(vertx, heads, store, this::catchUp), new FileTreeStore(index));
    }

    /** Brings the index of a vault to the head that its log has now, and returns its files. */
    public Future<VaultFiles> upToDate(Scope scope) {
        return catchUp(scope.id()).map(files);
    }

    private Future<Void> catchUp(long scopeId) {
        return indexer.catchUp(scopeId, nanos -> Future.succeededFuture());
    }
}
