package io.verstak.server.domain;

/**
 * A blob that an op refers to.
 *
 * @param size in bytes
 */
public record BlobReference(Sha256 sha256, long size) {}
