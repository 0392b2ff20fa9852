package io.verstak.server.storage.files;

import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileKind;
import org.jspecify.annotations.Nullable;

/**
 * What a node is since an op.
 *
 * @param size in bytes; 0 for a folder
 * @param sha256 null for a folder
 * @param madeAt milliseconds since the epoch, as the device says; 0: unknown
 */
public record NodeVersion(
        long node,
        long sequence,
        FileKind kind,
        long size,
        @Nullable Sha256 sha256,
        String deviceId,
        long madeAt) {}
