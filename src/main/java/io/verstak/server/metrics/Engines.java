package io.verstak.server.metrics;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Database.Product;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Seen;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Says which engines serve, and which nodes: for administrators. Safe for any thread. */
public final class Engines {
    private final Database database;
    private final String node;
    private final String bucket;
    private final Clock clock;

    /**
     * What serves.
     *
     * @param bucket empty: blobs are files in a folder
     * @param nodes by name; empty if there can be only one, or if nobody knows
     * @param known whether the database has answered
     */
    public record View(Product database, String bucket, List<NodeView> nodes, boolean known) {
        /** Returns whether the data is in the data directory, of which this server makes backups. */
        public boolean ownBackups() {
            return known && database.place().isEmpty();
        }
    }

    /**
     * A node that serves.
     *
     * @param startedAt in milliseconds, by the clock of this node
     * @param seenAt when it gave the last sign
     * @param leases the background work that it does right now
     * @param self whether it is this one
     */
    public record NodeView(
            String name,
            String address,
            String version,
            int schema,
            long startedAt,
            long seenAt,
            List<String> leases,
            boolean self) {}

    /**
     * @param node the name of this node; empty if there is only one
     * @param bucket where blobs are, without a secret; empty: in a folder
     */
    public Engines(Database database, String node, String bucket, Clock clock) {
        this.database = database;
        this.node = node;
        this.bucket = bucket;
        this.clock = clock;
    }

    /** Never fails: what the database does not say stays empty. */
    public Future<View> look() {
        Future<Product> product = database.product();
        Future<List<NodeView>> nodes = nodes();
        return Future.join(product, nodes)
                .map(found -> new View(product.result(), bucket, nodes.result(), true))
                .otherwise(new View(new Product(database.dialect().product(), "", ""), bucket, List.of(), false));
    }

    /** Returns the number of nodes that serve. */
    public Future<Integer> count() {
        return database.isShared() ? new NodeStore(database).list().map(List::size) : Future.succeededFuture(1);
    }

    private Future<List<NodeView>> nodes() {
        if (!database.isShared()) {
            return Future.succeededFuture(List.of());
        }
        NodeStore store = new NodeStore(database);
        return store.list()
                .compose(seen -> store.leases()
                        .map(leases ->
                                seen.stream().map(one -> view(one, leases)).toList()));
    }

    private NodeView view(Seen seen, Map<String, List<String>> leases) {
        long now = clock.millis();
        String name = seen.node().name();
        return new NodeView(
                name,
                seen.node().address(),
                seen.node().version(),
                seen.node().schema(),
                now - seen.startedAgo(),
                now - seen.millisAgo(),
                leases.getOrDefault(name, List.of()).stream()
                        .map(lease -> lease.endsWith(" " + name)
                                ? lease.substring(0, lease.length() - name.length() - 1)
                                : lease)
                        .toList(),
                name.equals(node));
    }
}
