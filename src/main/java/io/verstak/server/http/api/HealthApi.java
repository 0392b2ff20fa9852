package io.verstak.server.http.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.verstak.server.metrics.Health;
import io.verstak.server.metrics.Health.Reason;
import io.verstak.server.metrics.Health.Report;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Liveness and readiness, as in section 6 of the wire contract. */
public final class HealthApi {
    private static final int UNFIT = 503;
    private static final int RETRY_AFTER_SECONDS = 5;

    private final Health health;
    private final Clock clock;

    record Readiness(
            String status,
            String version,
            String buildCommit,
            long uptimeSeconds,
            boolean databaseReachable,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean databaseDamaged,

            boolean blobStorageWritable,
            int schemaVersion,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> reasons,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long lastBackupAgeSeconds,

            String serverTime) {}

    record Liveness(String status, String serverTime) {}

    public HealthApi(Health health, Clock clock) {
        this.health = health;
        this.clock = clock;
    }

    public Future<?> ready(Request call) {
        return health.report().map(report -> {
            if (!report.fit()) {
                call.status(UNFIT).retryAfter(RETRY_AFTER_SECONDS);
            }
            return readiness(report);
        });
    }

    public Future<?> live(Request call) {
        return Future.succeededFuture(new Liveness("ok", Times.text(clock.millis())));
    }

    private Readiness readiness(Report report) {
        return new Readiness(
                report.reasons().isEmpty() ? "ok" : "degraded",
                report.version(),
                report.commit(),
                report.uptimeSeconds(),
                report.databaseReachable(),
                report.databaseDamaged(),
                report.blobStorageWritable(),
                report.schemaVersion(),
                report.reasons().stream().map(Reason::code).toList(),
                report.lastBackupAgeSeconds().isPresent()
                        ? Long.valueOf(report.lastBackupAgeSeconds().getAsLong())
                        : null,
                Times.text(clock.millis()));
    }
}
