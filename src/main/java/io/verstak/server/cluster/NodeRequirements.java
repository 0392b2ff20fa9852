package io.verstak.server.cluster;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.MaintenanceStore;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.storage.NodeStore.Seen;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What must hold for several nodes to serve one database; looked at when a node starts. Fails with {@link StorageException}. */
public final class NodeRequirements {
    /** Two beats of a node that lives. */
    private static final long SILENT_MILLIS = 2 * Nodes.BEAT_MILLIS + 1000;

    private NodeRequirements() {}

    /** Requires the key that the first node had: what another one has sealed would be lost here. */
    public static Future<Void> sameKey(Database database, SecretBox secrets, long now) {
        return new MaintenanceStore(database)
                .keep(
                        MaintenanceStore.KEY_CHECK,
                        secrets.seal(MaintenanceStore.KEY_CHECK, MaintenanceStore.KEY_CHECK),
                        now)
                .compose(kept -> secrets.open(kept, MaintenanceStore.KEY_CHECK).isPresent()
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                new StorageException("secrets.keyFile: differs from the key of the other nodes:"
                                        + " copy their file to this node, and name it here")));
    }

    /** Requires that no other node is alive: blobs in the data directory are on one node only. */
    public static Future<Void> alone(NodeStore nodes, String name) {
        return nodes.list()
                .compose(seen -> seen.stream()
                        .map(Seen::node)
                        .filter(other -> !other.name().equals(name))
                        .findFirst()
                        .map(other -> Future.<Void>failedFuture(new StorageException(
                                "objects.kind: with blobs on disk one node serves a database, and node %s at %s does; keep blobs in a bucket (s3)"
                                                .formatted(other.name(), other.address())
                                        + " to run several. A node that was killed is forgotten after a minute")))
                        .orElse(Future.succeededFuture()));
    }

    /**
     * Requires that no other process has the name: each would take the other's uploads for what it has left itself. A row may be that of a
     * process that was killed a moment ago: of one on the same data directory, which has ended; else this waits until the row would have
     * been renewed.
     */
    public static Future<Void> ownName(Vertx vertx, NodeStore nodes, String name, Incarnation self) {
        return lately(nodes, name, self)
                .compose(before -> before.isEmpty()
                        ? Future.succeededFuture(before)
                        : vertx.timer(SILENT_MILLIS, TimeUnit.MILLISECONDS).compose(later -> lately(nodes, name, self)))
                .compose(other -> other.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(new StorageException(
                                "node.name: a node named %s runs already, at %s; give each node a name of its own"
                                        .formatted(name, other.get().address()))));
    }

    private static Future<Optional<Node>> lately(NodeStore nodes, String name, Incarnation self) {
        return nodes.list()
                .map(seen -> seen.stream()
                        .filter(one -> one.node().name().equals(name) && one.millisAgo() < SILENT_MILLIS)
                        .map(Seen::node)
                        .filter(node -> !self.isOfSamePlace(node.incarnation()))
                        .findFirst());
    }
}
