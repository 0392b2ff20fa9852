package io.verstak.server.domain;

/**
 * A blob as an op names it.
 *
 * @param size in bytes
 */
public record BlobReference(Sha256 sha256, long size) {}
