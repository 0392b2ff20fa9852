package io.verstak.server.http.api;

import io.verstak.server.config.LimitsConfig;
import io.verstak.server.http.Call;
import io.verstak.server.ops.BuildInfo;
import io.vertx.core.Future;
import java.util.List;

/** What this server can do beyond what every desktop knows: the wire contract's section 8. Open to anybody. */
public final class CapabilitiesApi {
    private static final List<String> FEATURES = List.of(
            "blob-put", //
            "blobs-missing");

    private final Capabilities capabilities;

    record Capabilities(String version, List<String> features, Limits limits) {}

    /** Sizes in bytes. */
    record Limits(
            long maxJsonBody,
            long maxPushOperations,
            long maxPayloadJson,
            long maxPullPage,
            long maxPullBytes,
            long maxBlobBytes,
            long maxVaultBlobBytes,
            long maxUserBlobBytes,
            long maxBlobsAsked) {}

    public CapabilitiesApi(LimitsConfig limits) {
        capabilities = new Capabilities(
                BuildInfo.load().version(),
                FEATURES,
                new Limits(
                        limits.maxJsonBody(),
                        limits.maxPushOperations(),
                        limits.maxPayloadJson(),
                        limits.maxPullPage(),
                        limits.maxPullBytes(),
                        limits.maxBlobBytes(),
                        limits.maxVaultBlobBytes(),
                        limits.maxUserBlobBytes(),
                        BlobApi.MAX_ASKED));
    }

    public Future<?> capabilities(Call call) {
        return Future.succeededFuture(capabilities);
    }
}
