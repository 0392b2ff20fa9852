package io.verstak.server.config;

/**
 * How long records are kept that are of no further use to a client.
 *
 * @param idempotencyHours answers kept for a push with an {@code idempotency_key}
 * @param tempUploadHours files of broken uploads that a crash left behind
 * @param auditDays entries of the audit log
 */
public record RetentionConfig(
        @Range(min = 24, max = 8760) int idempotencyHours,
        @Range(min = 1, max = 8760) int tempUploadHours,
        @Range(min = 1, max = 36500) int auditDays) {

    static final RetentionConfig DEFAULT = new RetentionConfig(24, 24, 365);
}
