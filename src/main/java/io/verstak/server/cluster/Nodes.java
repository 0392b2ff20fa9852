package io.verstak.server.cluster;

import io.verstak.server.error.Outage;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.MaintenanceStore;
import io.verstak.server.storage.MaintenanceStore.Entry;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveMark;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the other nodes that this one serves the database: a sign every {@value #BEAT_MILLIS} ms, until it stops or finds that the data
 * was moved away.
 */
public final class Nodes extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);
    static final long BEAT_MILLIS = 5_000;

    private final Outage outage = new Outage(LOG, "the other nodes get no sign of this one");
    private final Database database;
    private final NodeStore store;
    private final MaintenanceStore marks;
    private final Node self;
    private final Runnable onFatal;
    private boolean beaten;

    /** @param onFatal runs when the data has been moved away, or a newer release has upgraded it; it must end the process */
    public Nodes(Database database, Node self, Runnable onFatal) {
        this.database = database;
        this.store = new NodeStore(database);
        this.marks = new MaintenanceStore(database);
        this.self = self;
        this.onFatal = onFatal;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(BEAT_MILLIS, tick -> beat());
        return beat();
    }

    /** A move waits for nodes to stop, but cannot know of one whose process was paused for longer than it waits. */
    private Future<Void> beat() {
        return outage.watch(marks.get(MoveMark.NAME)
                .compose(mark -> requireHere(mark.map(Entry::value)))
                .compose(here -> database.condition())
                .compose(this::requireKnown)
                .compose(here -> store.beat(self))
                .onSuccess(this::beaten)
                .mapEmpty());
    }

    private Future<Void> requireHere(Optional<String> mark) {
        try {
            MoveMark.requireNone(mark.map(MoveMark::of), "database.url");
            return Future.succeededFuture();
        } catch (StorageException moved) {
            LOG.error("this node ends: {}", moved.getMessage());
            onFatal.run();
            return Future.failedFuture(moved);
        }
    }

    /** An upgrade waits for nodes of older releases, but cannot know of one whose process was paused, or was just starting. */
    private Future<Void> requireKnown(Database.Condition condition) {
        if (condition != Database.Condition.NEWER_SCHEMA) {
            return Future.succeededFuture();
        }
        StorageException older = new StorageException(
                "database.url: the schema was upgraded by a newer release, with which this one cannot run; install it here, too");
        LOG.error("this node ends: {}", older.getMessage());
        onFatal.run();
        return Future.failedFuture(older);
    }

    /** Two nodes of one name would take each other's uploads for their own. */
    private void beaten(String before) {
        if (beaten && !before.isEmpty() && !before.equals(self.incarnation())) {
            LOG.error("another node has the name {} too: set node.name to another one for each node", self.name());
        }
        beaten = true;
    }

    /** Shows the others that this node is about to stop. Never fails: they see it when its row is gone. */
    public Future<Void> drain() {
        return outage.watch(store.drain(self)).otherwiseEmpty();
    }

    @Override
    public Future<?> stop() {
        return store.remove(self);
    }
}
