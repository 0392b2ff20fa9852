package io.verstak.server.ops.housekeeping;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Lets the {@link Upkeep} run by itself, and waits for it at the end. */
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
