package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;

/**
 * The result of an upload.
 *
 * @param added whether the blob is new to the scope
 */
public record StoredBlob(BlobReference blob, boolean added) {}
