package io.verstak.server.http.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.Counts;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.verstak.server.metrics.Statistics;
import io.verstak.server.metrics.Statistics.Snapshot;
import io.vertx.core.Future;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The statistics of section 6 of the wire contract. */
public final class AdminStatsApi {
    private final Statistics statistics;

    /** Null if the figure cannot be determined. */
    record StatsAnswer(
            @Nullable Long users,
            @Nullable Long activeUsers,
            @Nullable Long blockedUsers,
            @Nullable Long unconfirmedUsers,
            @Nullable Long activeDevices,
            @Nullable Long revokedDevices,
            @Nullable Long vaults,
            @Nullable Long operations,
            @JsonProperty("operations_24h") @Nullable Long operations24h,
            @Nullable Long blobs,
            @Nullable Long blobReferences,
            @Nullable Long orphanBlobs,
            @Nullable Long tempUploads,
            @Nullable Long expiredSessions,
            @Nullable Long expiredEmailTokens,
            @Nullable Long auditEvents,
            @Nullable Long databaseBytes,
            @Nullable Long blobBytes,
            String lastSyncActivity,
            String lastCleanupAt) {}

    public AdminStatsApi(Statistics statistics) {
        this.statistics = statistics;
    }

    public Future<?> stats(Request call, SessionIdentity administrator) {
        return statistics.now().map(AdminStatsApi::answer);
    }

    private static StatsAnswer answer(Snapshot snapshot) {
        @Nullable Counts counts = snapshot.counts();
        return new StatsAnswer(
                figure(counts, found -> found.people().users()),
                figure(counts, found -> found.people().active()),
                figure(counts, found -> found.people().blocked()),
                figure(counts, found -> found.people().unconfirmed()),
                figure(counts, found -> found.people().activeDevices()),
                figure(counts, found -> found.people().revokedDevices()),
                figure(counts, found -> found.logs().vaults()),
                figure(counts, found -> found.logs().operations()),
                snapshot.operations24h(),
                figure(counts, found -> found.files().blobs()),
                figure(counts, found -> found.files().references()),
                figure(counts, found -> found.files().orphans()),
                snapshot.disk().tempUploads(),
                figure(counts, Counts::expiredSessions),
                figure(counts, Counts::expiredEmailTokens),
                figure(counts, Counts::auditEvents),
                snapshot.disk().databaseBytes(),
                figure(counts, found -> found.files().bytes()),
                counts == null ? "" : Times.textOrEmpty(counts.logs().lastPush()),
                counts == null ? "" : Times.textOrEmpty(counts.lastCleanup()));
    }

    private static @Nullable Long figure(@Nullable Counts counts, ToLongFunction<Counts> figure) {
        return counts == null ? null : figure.applyAsLong(counts);
    }
}
