package io.verstak.server.http.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.listing.Counts;
import io.verstak.server.http.Call;
import io.verstak.server.ops.Statistics;
import io.verstak.server.ops.Statistics.Snapshot;
import io.vertx.core.Future;

/** The statistics of section 6 of the wire contract. */
public final class AdminStatsApi {
    private final Statistics statistics;

    record StatsAnswer(
            long users,
            long activeUsers,
            long blockedUsers,
            long unconfirmedUsers,
            long activeDevices,
            long revokedDevices,
            long vaults,
            long operations,
            @JsonProperty("operations_24h") long operations24h,
            long blobs,
            long blobReferences,
            long orphanBlobs,
            long tempUploads,
            long expiredSessions,
            long expiredEmailTokens,
            long auditEvents,
            long databaseBytes,
            long blobBytes,
            String lastSyncActivity,
            String lastCleanupAt) {}

    public AdminStatsApi(Statistics statistics) {
        this.statistics = statistics;
    }

    public Future<?> stats(Call call, SessionIdentity administrator) {
        return statistics.now().map(AdminStatsApi::answer);
    }

    private static StatsAnswer answer(Snapshot snapshot) {
        Counts counts = snapshot.counts();
        return new StatsAnswer(
                counts.people().users(),
                counts.people().active(),
                counts.people().blocked(),
                counts.people().unconfirmed(),
                counts.people().activeDevices(),
                counts.people().revokedDevices(),
                counts.logs().vaults(),
                counts.logs().operations(),
                snapshot.operations24h(),
                counts.files().blobs(),
                counts.files().references(),
                counts.files().orphans(),
                snapshot.disk().tempUploads(),
                counts.expiredSessions(),
                counts.expiredEmailTokens(),
                counts.auditEvents(),
                snapshot.disk().databaseBytes(),
                counts.files().bytes(),
                Times.textOrEmpty(counts.logs().lastPush()),
                Times.textOrEmpty(counts.lastCleanup()));
    }
}
