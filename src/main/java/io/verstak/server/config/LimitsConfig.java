package io.verstak.server.config;

import io.verstak.server.config.annotation.Range;

/**
 * Limits of what a client may send and store. All sizes are in bytes.
 *
 * @param maxJsonBody a JSON body; fits a push of 100 operations with the largest payloads, escaped
 * @param maxPushOperations operations in one push
 * @param maxPayloadJson the {@code payload_json} of one operation
 * @param maxPullPage operations in one page
 * @param maxPullBytes a page ends before it would exceed this, but holds at least one operation
 * @param maxBlobBytes one blob
 * @param maxVaultBlobBytes all blobs of one vault, bytes in flight included
 * @param maxUserBlobBytes all blobs of all vaults of one user, bytes in flight included
 */
public record LimitsConfig(
        @Range(min = 1024, max = 268435456) int maxJsonBody,
        @Range(min = 1, max = 10000) int maxPushOperations,
        @Range(min = 1, max = 67108864) int maxPayloadJson,
        @Range(min = 1, max = 10000) int maxPullPage,
        @Range(min = 1024, max = 268435456) int maxPullBytes,
        @Range(min = 0, max = 1099511627776L) long maxBlobBytes,
        @Range(min = 0, max = Long.MAX_VALUE) long maxVaultBlobBytes,
        @Range(min = 0, max = Long.MAX_VALUE) long maxUserBlobBytes) {

    static final LimitsConfig DEFAULT =
            new LimitsConfig(32 << 20, 100, 256 << 10, 100, 8 << 20, 256L << 20, 50L << 30, 100L << 30);
}
