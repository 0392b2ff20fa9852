package io.verstak.server.importer;

import io.verstak.server.blob.file.BlobImporter;
import io.verstak.server.blob.file.BlobImporter.Taken;
import io.verstak.server.blob.file.BlobImporter.UnreadableException;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.sqlite.bulk.RecordBulkLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Imports blobs, each read and hashed, and the scopes that hold them. A few threads read; the import's own thread
 * writes the rows.
 */
final class BlobsImport {
    private static final int READERS = 3;
    private static final int MAX_UNDER_WAY = 32;

    /** The largest blob that any configuration allows. */
    private static final long LARGEST_BYTES = 1L << 40;

    private final GoDirectory directory;
    private final GoDatabase source;
    private final RecordBulkLoader target;
    private final ImportReport report;
    private final @Nullable BlobImporter intake;
    private final boolean link;
    private final long now;
    private final Map<Sha256, Long> sizes = new HashMap<>();
    private final Map<Sha256, Long> damaged = new HashMap<>();
    private long copied;
    private long linked;
    private long bytes;

    /** A blob that is being read. */
    private record Reading(Sha256 sha256, long size, long createdAt, CompletableFuture<Outcome> outcome) {}

    /** The result of reading it: imported, or the reason why not. */
    private record Outcome(@Nullable Taken taken, String wrong) {}

    /** @param intake null for a dry run */
    BlobsImport(
            GoDirectory directory,
            GoDatabase source,
            RecordBulkLoader target,
            ImportReport report,
            @Nullable BlobImporter intake,
            boolean link,
            long now) {
        this.directory = directory;
        this.source = source;
        this.target = target;
        this.report = report;
        this.intake = intake;
        this.link = link;
        this.now = now;
    }

    void run(ImportProgress progress) {
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        Deque<Reading> underWay = new ArrayDeque<>();
        try {
            source.each("server_blobs", "", row -> {
                report.found(ImportedEntity.BLOBS);
                Optional<Sha256> sha256 = Sha256.parse(row.text("sha256"));
                if (sha256.isEmpty()) {
                    report.lose(ImportedEntity.BLOBS, "the name is not a SHA-256", row.text("sha256"));
                    return;
                }
                underWay.add(new Reading(
                        sha256.get(),
                        row.number("size"),
                        row.time("created_at", now),
                        CompletableFuture.supplyAsync(() -> read(sha256.get()), readers)));
                if (underWay.size() >= MAX_UNDER_WAY) {
                    settle(underWay.remove(), progress);
                }
            });
            while (!underWay.isEmpty()) {
                settle(underWay.remove(), progress);
            }
        } finally {
            readers.shutdownNow();
        }
    }

    private Outcome read(Sha256 sha256) {
        Path file = directory.blob(sha256.hex());
        try {
            if (SourceFiles.find(file)
                    .filter(BasicFileAttributes::isRegularFile)
                    .isEmpty()) {
                return new Outcome(null, "the file is missing");
            }
            Optional<Taken> taken = intake == null
                    ? BlobImporter.sizeIfWhole(file, sha256).map(size -> new Taken(size, 0, false))
                    : intake.take(file, sha256, link);
            return new Outcome(taken.orElse(null), taken.isPresent() ? "" : "the bytes are damaged");
        } catch (IOException failure) {
            if (failure.getCause() instanceof AccessDeniedException denied) {
                throw SourceFiles.forbidden(file, denied);
            }
            if (failure instanceof UnreadableException) {
                return new Outcome(null, "the file cannot be read");
            }
            throw new ImportException("blob %s cannot be written: %s".formatted(sha256, failure), failure);
        }
    }

    private void settle(Reading reading, ImportProgress progress) {
        Outcome outcome = join(reading.outcome());
        Taken taken = outcome.taken();
        if (taken == null) {
            damaged.put(reading.sha256(), reading.size());
            report.damaged(reading.sha256().hex(), outcome.wrong());
        } else {
            keep(reading.sha256(), taken, reading.createdAt());
            if (taken.size() != reading.size()) {
                report.note("blob %s: has %s bytes, not %s as the Go server had noted"
                        .formatted(reading.sha256(), taken.size(), reading.size()));
            }
        }
        progress.advance(1);
    }

    private static Outcome join(CompletableFuture<Outcome> outcome) {
        try {
            return outcome.join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
    }

    private void keep(Sha256 sha256, Taken taken, long createdAt) {
        sizes.put(sha256, taken.size());
        target.blob(new BlobReference(sha256, taken.size()), taken.fileTime(), createdAt);
        report.imported(ImportedEntity.BLOBS);
        bytes += taken.size();
        if (taken.linked()) {
            linked++;
        } else {
            copied++;
        }
    }

    /** Imports the references. Called after {@link #run} and the ops, whose scopes exist then. */
    void references(DevicesImport devices, ScopeOf scopes, ImportProgress progress) {
        source.each("server_blob_refs", "", row -> {
            String userId = row.text("user_id");
            report.found(ImportedEntity.BLOB_REFERENCES);
            Optional<Sha256> sha256 = Sha256.parse(row.text("sha256"));
            if (sha256.isEmpty() || userId.isBlank()) {
                report.lose(ImportedEntity.BLOB_REFERENCES, "names no blob, or no user", row.text("sha256"));
            } else {
                long createdAt = row.time("created_at", now);
                DevicesImport.Owner owner = DevicesImport.owner(userId, row.text("vault_id"));
                if (!devices.hasUser(owner)) {
                    report.leave(ImportedEntity.BLOB_REFERENCES, DevicesImport.NO_USER, 1);
                } else if (!refer(
                        scopes.scope(owner.userId(), owner.vaultId(), createdAt),
                        sha256.get(),
                        row.number("size"),
                        createdAt)) {
                    report.leave(ImportedEntity.BLOB_REFERENCES, "listed twice", 1);
                }
            }
            progress.advance(1);
        });
    }

    /** Returns the scope of a vault. */
    interface ScopeOf {
        long scope(String userId, String vaultId, long createdAt);
    }

    /** Returns whether there is such a blob, whole or damaged. */
    boolean isKnown(Sha256 sha256) {
        return sizes.containsKey(sha256)
                || damaged.containsKey(sha256)
                || Files.isRegularFile(directory.blob(sha256.hex()));
    }

    /**
     * Keeps a reference to a damaged blob, so that its vault's next upload repairs it.
     *
     * @return false when the scope holds the blob already
     */
    boolean refer(long scope, Sha256 sha256, long size, long createdAt) {
        if (!sizes.containsKey(sha256)) {
            bring(sha256, size, createdAt);
        }
        long known = sizes.getOrDefault(sha256, size);
        boolean added = target.reference(scope, new BlobReference(sha256, known), createdAt);
        if (added) {
            report.imported(ImportedEntity.BLOB_REFERENCES);
        }
        return added;
    }

    /** A referenced blob that is not listed or whose file is damaged. */
    private void bring(Sha256 sha256, long size, long createdAt) {
        if (!damaged.containsKey(sha256)) {
            report.found(ImportedEntity.BLOBS);
            Outcome outcome = read(sha256);
            Taken taken = outcome.taken();
            if (taken != null) {
                keep(sha256, taken, createdAt);
                return;
            }
            report.damaged(sha256.hex(), outcome.wrong());
        }
        long noted = possible(damaged.getOrDefault(sha256, size));
        damaged.put(sha256, noted);
        sizes.put(sha256, noted);
        target.damagedBlob(new BlobReference(sha256, noted), createdAt, now);
    }

    /** Returns the size, or 0 for one that no blob has: the sizes of a vault, of a user and of all are summed up. */
    private static long possible(long size) {
        return size < 0 || size > LARGEST_BYTES ? 0 : size;
    }

    /** Counts files without a row, left by broken uploads. */
    void tellStrays() throws IOException {
        if (!Files.isDirectory(directory.blobs())) {
            return;
        }
        try (Stream<Path> files = Files.find(directory.blobs(), 3, (path, found) -> found.isRegularFile())) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> Sha256.parse(name)
                            .filter(sha256 -> !sizes.containsKey(sha256) && !damaged.containsKey(sha256))
                            .isPresent())
                    .forEach(name -> {
                        report.found(ImportedEntity.BLOBS);
                        report.leave(ImportedEntity.BLOBS, "no row in the database names the file", name);
                    });
        } catch (UncheckedIOException forbidden) {
            throw SourceFiles.forbidden(directory.blobs(), forbidden);
        }
        report.note("files of blobs: %s copied, %s linked, %s bytes in all".formatted(copied, linked, bytes));
    }
}
