package io.verstak.server.maintenance;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Starts the {@link Maintenance} and waits for it at the end. */
public final class MaintenanceVerticle extends VerticleBase {
    private final Maintenance upkeep;

    public MaintenanceVerticle(Maintenance upkeep) {
        this.upkeep = upkeep;
    }

    @Override
    public Future<?> start() {
        upkeep.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return upkeep.stop();
    }
}
