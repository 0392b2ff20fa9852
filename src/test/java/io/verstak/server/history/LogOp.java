package io.verstak.server.history;

import org.jspecify.annotations.Nullable;

/**
 * An op as a pull shows it.
 *
 * @param entity type and id, joined by a NUL
 * @param content digest of all that makes two ops with one id the same
 * @param blob hash of the blob that the payload refers to
 */
public record LogOp(
        long sequence,
        String opId,
        String device,
        String entity,
        String content,
        @Nullable String blob) {}
