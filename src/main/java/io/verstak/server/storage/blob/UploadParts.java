package io.verstak.server.storage.blob;

import io.verstak.server.domain.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * Where the bytes of a resumable upload are in a bucket: in parts, then in the tail.
 *
 * @param key of the object that the parts become; empty without parts
 * @param multipartId what the bucket calls the parts
 */
public record UploadParts(String uploadId, String key, String multipartId, List<Part> parts, Optional<Tail> tail) {

    /** A full part. Parts are in the order of their numbers, which begin with 1. */
    public record Part(int number, long size, String etag, Sha256 sha256) {}

    /** An object with the bytes after the parts. */
    public record Tail(String key, long size, String etag, Sha256 sha256) {}

    public UploadParts {
        parts = List.copyOf(parts);
    }

    /** Returns an upload without bytes. */
    public static UploadParts none(String uploadId) {
        return new UploadParts(uploadId, "", "", List.of(), Optional.empty());
    }

    /** Returns how many bytes all have. */
    public long size() {
        return parts.stream().mapToLong(Part::size).sum() + tail.map(Tail::size).orElse(0L);
    }
}
