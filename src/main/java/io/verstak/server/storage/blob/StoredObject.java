package io.verstak.server.storage.blob;

import io.verstak.server.domain.BlobReference;

/**
 * The object of a bucket that holds a blob.
 *
 * @param key without the prefix of the server; random, used once
 * @param etag what the bucket has named its content
 * @param createdAt in milliseconds since the epoch
 * @param lost whether it was found damaged or missing
 */
public record StoredObject(String key, BlobReference blob, String etag, long createdAt, boolean lost) {}
