package io.verstak.server.http.api;

import io.verstak.server.blob.resumable.ResumableUploads;
import io.verstak.server.config.LimitsConfig;
import io.verstak.server.domain.BuildInfo;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The capabilities of section 8 of the wire contract. Open to everyone. */
public final class CapabilitiesApi {
    private static final List<String> FEATURES = List.of(
            "pull-wait", //
            "events",
            "blob-put",
            "blobs-missing",
            "uploads-tus",
            "user-vaults");

    private static final String FILES = "vault-files";

    private final String version = BuildInfo.load().version();
    private final Supplier<LimitsConfig> limits;
    private final List<String> features;

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
            long maxBlobsAsked,
            long maxOpenUploads) {}

    /** @param files whether the files of vaults can be read */
    public CapabilitiesApi(Supplier<LimitsConfig> limits, boolean files) {
        this.limits = limits;
        this.features = Stream.concat(FEATURES.stream(), files ? Stream.of(FILES) : Stream.empty())
                .toList();
    }

    public Future<?> capabilities(Request call) {
        LimitsConfig now = limits.get();
        return Future.succeededFuture(new Capabilities(
                version,
                features,
                new Limits(
                        now.maxJsonBody(),
                        now.maxPushOperations(),
                        now.maxPayloadJson(),
                        now.maxPullPage(),
                        now.maxPullBytes(),
                        now.maxBlobBytes(),
                        now.maxVaultBlobBytes(),
                        now.maxUserBlobBytes(),
                        BlobApi.MAX_ASKED,
                        ResumableUploads.MAX_OPEN_PER_DEVICE)));
    }
}
