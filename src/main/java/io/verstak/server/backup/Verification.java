package io.verstak.server.backup;

import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.file.BlobInspector;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.BlobRepair;
import io.verstak.server.storage.sqlite.RunRepair;
import io.verstak.server.storage.sqlite.verify.DatabaseVerifier;
import io.verstak.server.storage.sqlite.verify.VerificationListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks a data directory: the database, every log, what refers to what, and the file of each blob. Beside a running
 * server it only reads. Blocks.
 */
public final class Verification {
    /** Damages beyond this are counted and shown, but no longer kept. */
    private static final int KEPT = 10_000;

    private final DataDirectory directory;
    private final boolean deep;
    private final Watcher watcher;
    private final List<Damage> damages = new ArrayList<>();
    private final List<BlobReference> damagedBlobs = new ArrayList<>();
    private long operations;
    private long blobs;
    private long bytes;
    private long damageCount;

    /** Something that is not as it was stored; {@code kind} is a word for scripts. */
    public record Damage(String kind, String text) {}

    /**
     * What was found.
     *
     * @param damages the first {@value #KEPT} of them
     * @param bytes of blobs that were read
     * @param quarantined damaged blobs that were taken out of the way
     * @param rebuilt vaults whose index was made again
     */
    public record Report(
            boolean clean,
            long damageCount,
            List<Damage> damages,
            long operations,
            long blobs,
            long bytes,
            long quarantined,
            long rebuilt) {}

    /** Who looks on. */
    public interface Watcher {
        /** The next part begins; it has that many steps. */
        void part(String name, long steps);

        /** Steps of the part that are done. */
        void advance(long steps);

        void damage(Damage damage);
    }

    /** @param deep reads every blob and compares its hash, and not only its size */
    public Verification(DataDirectory directory, boolean deep, Watcher watcher) {
        this.directory = directory;
        this.deep = deep;
        this.watcher = watcher;
    }

    /**
     * Runs all checks.
     *
     * @param repair moves damaged blobs to the quarantine, so that the next upload of the same bytes heals them, and makes a damaged
     *     index again if its log is sound; only for who owns the directory
     * @throws StorageException in one line for a person: it cannot be checked at all
     */
    public Report run(boolean repair) {
        Optional<DatabaseVerifier> opened = DatabaseVerifier.open(directory, new ToWatcher());
        if (opened.isEmpty()) {
            return report(0, 0);
        }
        try (DatabaseVerifier database = opened.get()) {
            watcher.part("database", 1);
            database.checkIntegrity();
            database.checkReferences();
            watcher.part("operations", database.operations());
            database.checkLogs();
            watcher.part("blobs", database.blobBytes());
            BlobInspector files = new BlobInspector(directory, Verification::diskFailed);
            database.eachBlob(blob -> check(blob, files, database));
            return repair ? report(quarantine(files), rebuild(database)) : report(0, 0);
        }
    }

    private Report report(long quarantined, long rebuilt) {
        return new Report(
                damageCount == 0, damageCount, List.copyOf(damages), operations, blobs, bytes, quarantined, rebuilt);
    }

    private void check(BlobReference blob, BlobInspector files, DatabaseVerifier database) {
        blobs++;
        BlobVerdict verdict = deep ? files.check(blob, this::read) : files.look(blob);
        if (!deep) {
            watcher.advance(blob.size());
        }
        if (verdict == BlobVerdict.WHOLE || (verdict == BlobVerdict.MISSING && !database.isNamed(blob.sha256()))) {
            return;
        }
        damage(
                "blob_" + verdict.name().toLowerCase(Locale.ROOT),
                "blob %s: %s".formatted(blob.sha256(), words(verdict, blob)));
        if (verdict.isDamage()) {
            damagedBlobs.add(blob);
        }
    }

    private void read(long count) {
        bytes += count;
        watcher.advance(count);
    }

    private static String words(BlobVerdict verdict, BlobReference blob) {
        return switch (verdict) {
            case WHOLE -> "is whole";
            case MISSING -> "its file is missing";
            case WRONG_SIZE -> "its file has not %s bytes".formatted(blob.size());
            case WRONG_BYTES -> "its file holds other bytes";
            case UNREADABLE -> "its file cannot be read to its end";
            case UNKNOWN -> "its file cannot be opened";
        };
    }

    private long quarantine(BlobInspector files) {
        try {
            for (BlobReference blob : damagedBlobs) {
                files.quarantine(blob.sha256());
            }
        } catch (IOException e) {
            throw new StorageException("blobs/quarantine: cannot be written: " + e.getMessage(), e);
        }
        BlobRepair.markDamaged(
                directory, damagedBlobs.stream().map(BlobReference::sha256).toList(), System.currentTimeMillis());
        return damagedBlobs.size();
    }

    private long rebuild(DatabaseVerifier database) {
        RunRepair.rebuild(directory, database.withoutIndex());
        return database.withoutIndex().size();
    }

    private void damage(String kind, String text) {
        Damage damage = new Damage(kind, text);
        damageCount++;
        if (damages.size() < KEPT) {
            damages.add(damage);
        }
        watcher.damage(damage);
    }

    private static void diskFailed() {
        throw new StorageException("the disk does not keep what it is given: fsync failed");
    }

    /** What the database's checks find goes the same way as what is found in files. */
    private final class ToWatcher implements VerificationListener {
        @Override
        public void damage(String kind, String text) {
            Verification.this.damage(kind, text);
        }

        @Override
        public void advance(long steps) {
            operations += steps;
            watcher.advance(steps);
        }
    }
}
