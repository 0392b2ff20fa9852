package io.verstak.server.blob.file;

import io.verstak.server.domain.Sha256;
import java.nio.file.Path;

/**
 * A blob on disk that was whole when it was looked up.
 *
 * @param size in bytes
 */
public record BlobFile(Sha256 sha256, long size, Path path) {}
