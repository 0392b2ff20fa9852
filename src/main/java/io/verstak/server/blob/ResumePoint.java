package io.verstak.server.blob;

import java.security.MessageDigest;
import java.util.Optional;

/**
 * Where a resumable upload goes on.
 *
 * @param length of the whole upload in bytes
 * @param start how many bytes are there, and kept
 * @param generation of the upload's lock
 * @param known the digest of the first {@code start} bytes, if this process has seen them
 * @param checksum receives the bytes of the chunk, too
 */
public record ResumePoint(
        String uploadId,
        long length,
        long start,
        long generation,
        Optional<BlobDigest> known,
        Optional<MessageDigest> checksum) {}
