package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.vertx.core.Future;

/** A blob that was whole when it was looked up. */
public record FoundBlob(BlobReference blob, BlobBackend backend) {

    public Sha256 sha256() {
        return blob.sha256();
    }

    /** Returns its size in bytes. */
    public long size() {
        return blob.size();
    }

    /**
     * Opens it for reading, on any context; the caller closes it. Fails with {@code BLOB_UNAVAILABLE} when it can no
     * longer be opened.
     */
    public Future<BlobContent> open() {
        return backend.open(blob);
    }

    /** The same, after the store was asked for the blob: for a reader that cannot take back what it has sent. */
    public Future<BlobContent> openPresent() {
        return backend.look(blob, null)
                .compose(verdict -> verdict.isDamage() ? ErrorCode.BLOB_UNAVAILABLE.refuse() : open());
    }
}
