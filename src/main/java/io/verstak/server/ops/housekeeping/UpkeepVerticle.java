package io.verstak.server.ops.housekeeping;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Starts the {@link Upkeep} and waits for it at the end. */
public final class UpkeepVerticle extends VerticleBase {
    private final Upkeep upkeep;

    public UpkeepVerticle(Upkeep upkeep) {
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
