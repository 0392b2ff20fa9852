package io.verstak.server.config;

import io.verstak.server.config.annotation.Range;

/**
 * How long records are kept that clients no longer need.
 *
 * @param idempotencyHours answers to a push with an {@code idempotency_key}
 * @param tempUploadHours files of broken uploads left by a crash
 * @param auditDays entries of the audit log
 */
public record RetentionConfig(
        @Range(min = 24, max = 8760) int idempotencyHours,
        @Range(min = 1, max = 8760) int tempUploadHours,
        @Range(min = 1, max = 36500) int auditDays) {

    static final RetentionConfig DEFAULT = new RetentionConfig(24, 24, 365);
}
