package io.verstak.server.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.verstak.server.domain.BuildInfo;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Where everything is measured. Switched off, meters are made all the same and measure nothing. Labels hold neither
 * secrets nor anything that a client makes up.
 */
public final class Metrics implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Optional<PrometheusMeterRegistry> prometheus;
    private final MeterRegistry registry;
    private final JvmGcMetrics pauses = new JvmGcMetrics();

    public Metrics(boolean enabled) {
        prometheus = enabled ? Optional.of(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)) : Optional.empty();
        registry = prometheus.<MeterRegistry>map(same -> same).orElseGet(CompositeMeterRegistry::new);
        if (enabled) {
            registry.config().meterFilter(new StandardNames());
            new JvmMemoryMetrics().bindTo(registry);
            new JvmThreadMetrics().bindTo(registry);
            new ProcessorMetrics().bindTo(registry);
            processorTime();
            new UptimeMetrics().bindTo(registry);
            new FileDescriptorMetrics().bindTo(registry);
            pauses.bindTo(registry);
            FunctionCounter.builder("verstak.log.lines.dropped", Logging.class, logging -> Logging.dropped())
                    .description("Lines that the log's output did not take in time")
                    .register(registry);
            BuildInfo build = BuildInfo.load();
            Gauge.builder("verstak.build.info", () -> 1)
                    .description("Which release runs; always 1")
                    .tags("version", build.version(), "commit", build.commit())
                    .register(registry);
        }
    }

    /** Under the name that every Prometheus client has for it. */
    private void processorTime() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, self -> self.getProcessCpuTime() / NANOS_PER_SECOND)
                    .description("Processor time of the process, user and system")
                    .baseUnit("seconds")
                    .register(registry);
        }
    }

    /** Leaves out or renames what Micrometer names otherwise than Prometheus wants it. */
    private static final class StandardNames implements MeterFilter {
        @Override
        public MeterFilterReply accept(Meter.Id id) {
            return id.getName().equals("process.cpu.time") ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
        }

        @Override
        public Meter.Id map(Meter.Id id) {
            return id.getName().equals("system.cpu.count") ? id.withName("system.cpus") : id;
        }
    }

    /** Where meters are made. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Vert.x, which tells of its pools. Everything else of it is measured where it means something, or not at all. */
    public Vertx vertx() {
        VertxBuilder builder = Vertx.builder();
        if (prometheus.isPresent()) {
            MicrometerMetricsOptions options = new MicrometerMetricsOptions()
                    .setEnabled(true)
                    // Vert.x keeps registries by name for the whole process, and closes them by it.
                    .setRegistryName(UUID.randomUUID().toString())
                    .setDisabledMetricsCategories(Arrays.stream(MetricsDomain.values())
                            .filter(domain -> domain != MetricsDomain.NAMED_POOLS)
                            .map(MetricsDomain::toCategory)
                            .collect(Collectors.toSet()));
            builder.with(new VertxOptions().setMetricsOptions(options))
                    .withMetrics(new MicrometerMetricsFactory(registry));
        }
        return builder.build();
    }

    /** What Prometheus reads; empty when switched off. Takes milliseconds: not for an event loop. */
    public Optional<String> scrape() {
        return prometheus.map(PrometheusMeterRegistry::scrape);
    }

    @Override
    public void close() {
        pauses.close();
        registry.close();
    }
}
