package io.verstak.server.http.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts and times requests by route, method and status. No label comes from a client. Safe for any thread. */
final class RequestMeters {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final MeterRegistry registry;
    private final Map<Kind, Meters> meters = new ConcurrentHashMap<>();

    private record Kind(String route, String method, int status) {}

    private record Meters(Timer time, Counter received, Counter sent) {}

    RequestMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** @param route a pattern of the route table */
    void count(String route, String method, int status, long nanos, long received, long sent) {
        String known = METHODS.contains(method) ? method : "other";
        Meters kind = meters.computeIfAbsent(new Kind(route, known, status), this::meters);
        kind.time().record(nanos, TimeUnit.NANOSECONDS);
        kind.received().increment((double) received);
        kind.sent().increment((double) sent);
    }

    private Meters meters(Kind kind) {
        String status = Integer.toString(kind.status());
        return new Meters(
                Timer.builder("verstak.http.requests")
                        .description("Requests, from their head to the end of their answer")
                        .tags("route", kind.route(), "method", kind.method(), "status", status)
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry),
                bytes("verstak.http.received", "Bytes of bodies that came in", kind.route()),
                bytes("verstak.http.sent", "Bytes of bodies that went out", kind.route()));
    }

    private Counter bytes(String name, String description, String route) {
        return Counter.builder(name)
                .description(description)
                .baseUnit("bytes")
                .tag("route", route)
                .register(registry);
    }
}
