package io.verstak.server.cluster;

import io.verstak.server.error.Outage;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Node;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the other nodes that this one serves the database: a sign every {@value #BEAT_MILLIS} ms, until it stops. */
public final class Nodes extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);
    static final long BEAT_MILLIS = 5_000;

    private final Outage outage = new Outage(LOG, "the other nodes get no sign of this one");
    private final NodeStore store;
    private final Node self;
    private boolean beaten;

    public Nodes(NodeStore store, Node self) {
        this.store = store;
        this.self = self;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(BEAT_MILLIS, tick -> beat());
        return beat();
    }

    /** Two nodes of one name would take each other's uploads for their own. */
    private Future<Void> beat() {
        return outage.watch(store.beat(self))
                .onSuccess(before -> {
                    if (beaten && !before.isEmpty() && !before.equals(self.incarnation())) {
                        LOG.error(
                                "another node has the name {} too: set node.name to another one for each node",
                                self.name());
                    }
                    beaten = true;
                })
                .mapEmpty();
    }

    @Override
    public Future<?> stop() {
        return store.remove(self);
    }
}
