package io.verstak.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Measures the delay of event loops: the time that every request waits in addition to its own work. */
public final class EventLoopLag extends VerticleBase {
    private static final long EVERY_MILLIS = 500;

    private final Timer lag;
    private long due;

    private EventLoopLag(Timer lag) {
        this.lag = lag;
    }

    /** Deploys one per event loop, which Vert.x assigns in turn. */
    public static Future<String> deploy(Vertx vertx, MeterRegistry registry) {
        Timer lag = Timer.builder("verstak.event.loop.lag")
                .description("How late event loops get to what is due")
                .serviceLevelObjectives(
                        Duration.ofMillis(2),
                        Duration.ofMillis(10),
                        Duration.ofMillis(50),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1))
                .register(registry);
        return vertx.deployVerticle(
                () -> new EventLoopLag(lag),
                new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE));
    }

    @Override
    public Future<?> start() {
        arm();
        return Future.succeededFuture();
    }

    private void arm() {
        due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
        vertx.setTimer(EVERY_MILLIS, fired -> {
            lag.record(Math.max(0, System.nanoTime() - due), TimeUnit.NANOSECONDS);
            arm();
        });
    }
}
