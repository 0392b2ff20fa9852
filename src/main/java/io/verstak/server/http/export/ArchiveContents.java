package io.verstak.server.http.export;

import java.util.ArrayList;
import java.util.List;

/** The contents of an archive so far, which its last entry lists. */
final class ArchiveContents {
    private static final int MAX_NAMED = 10_000;

    private long operations;
    private long lastSequence;
    private long blobs;
    private long blobBytes;
    private long missing;
    private final List<String> missingNamed = new ArrayList<>();

    /**
     * The content of {@code manifest.json}.
     *
     * @param missingBlobs blobs whose files the server could not read; named in {@code missing}, up to a limit
     */
    record Manifest(
            int format,
            String vaultId,
            String exportedAt,
            long operations,
            long lastSequence,
            long blobs,
            long blobBytes,
            long missingBlobs,
            List<String> missing) {}

    void addOperations(int count, long last) {
        operations += count;
        lastSequence = last;
    }

    void addBlob(long size) {
        blobs++;
        blobBytes += size;
    }

    void addMissing(String hash) {
        missing++;
        if (missingNamed.size() < MAX_NAMED) {
            missingNamed.add(hash);
        }
    }

    Manifest manifest(String vaultId, String now) {
        return new Manifest(
                1, vaultId, now, operations, lastSequence, blobs, blobBytes, missing, List.copyOf(missingNamed));
    }
}
