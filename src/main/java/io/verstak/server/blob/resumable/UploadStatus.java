package io.verstak.server.blob.resumable;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.StoredUpload;
import java.util.Optional;

/**
 * The progress of an upload.
 *
 * @param length of the whole upload in bytes
 * @param offset bytes that are durable and will not be requested again
 * @param expiresAt in milliseconds since the epoch
 * @param blob the stored blob; only when the upload is finished
 */
public record UploadStatus(
        String id, long length, long offset, String metadata, long expiresAt, Optional<Sha256> blob) {

    static UploadStatus of(StoredUpload upload) {
        return new UploadStatus(
                upload.id(),
                upload.length(),
                upload.stored(),
                upload.metadata(),
                upload.expiresAt(),
                upload.isFinished() ? upload.blob() : Optional.empty());
    }
}
