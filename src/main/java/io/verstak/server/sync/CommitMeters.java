package io.verstak.server.sync;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Metrics of the log's writer and its queue. */
final class CommitMeters {
    private final Timer time;
    private final DistributionSummary pushes;
    private final DistributionSummary ops;

    CommitMeters(MeterRegistry registry, CommitQueue queue) {
        time = Timer.builder("verstak.commit")
                .description("One group commit, from its first statement until it is durable")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
        pushes = DistributionSummary.builder("verstak.commit.pushes")
                .description("Pushes in one group")
                .serviceLevelObjectives(1, 4, 16, 64, 256, 1024)
                .register(registry);
        ops = DistributionSummary.builder("verstak.commit.operations")
                .description("Operations in one group")
                .serviceLevelObjectives(1, 16, 128, 1024, 4096)
                .register(registry);
        Gauge.builder("verstak.commit.queue.depth", queue, CommitQueue::entries)
                .description("Pushes waiting for the log's writer")
                .register(registry);
        Gauge.builder("verstak.commit.queue", queue, CommitQueue::bytes)
                .description("Memory held by waiting pushes")
                .baseUnit("bytes")
                .register(registry);
    }

    void committed(int groupPushes, long groupOps, long nanos) {
        time.record(nanos, TimeUnit.NANOSECONDS);
        pushes.record(groupPushes);
        ops.record((double) groupOps);
    }
}
