package io.verstak.server.cluster;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.MaintenanceStore;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Seen;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;

/** What must hold for several nodes to serve one database; looked at when a node starts. Fails with {@link StorageException}. */
public final class NodeRequirements {
    /** Where the text lies that every node must be able to open. */
    private static final String KEY_CHECK = "key check";

    private NodeRequirements() {}

    /** Requires the key that the first node had: what another one has sealed would be lost here. */
    public static Future<Void> sameKey(Database database, SecretBox secrets, long now) {
        return new MaintenanceStore(database)
                .keep(KEY_CHECK, secrets.seal(KEY_CHECK, KEY_CHECK), now)
                .compose(kept -> secrets.open(kept, KEY_CHECK).isPresent()
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
}
