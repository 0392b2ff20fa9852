package io.verstak.server.http.archive;

import java.util.ArrayList;
import java.util.List;

/** What has gone into an archive so far: its last entry says so. */
final class ArchiveContents {
    private static final int MAX_NAMED = 10_000;

    private long operations;
    private long lastSequence;
    private long blobs;
    private long blobBytes;
    private long missing;
    private final List<String> missingNamed = new ArrayList<>();

    /**
     * What {@code manifest.json} says.
     *
     * @param missingBlobs whose files the server could not read; they are named in {@code missing}, the first of very many
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
