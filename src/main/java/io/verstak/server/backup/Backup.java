package io.verstak.server.backup;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.BuildInfo;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.DatabaseCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Copies a data directory while its server goes on: the database first, as it is at one moment, then the blobs that it
 * names. A blob's file never changes, and one that nobody needs any more stays for a day. Blocks.
 */
public final class Backup {
    private static final String ARCHIVE = ".tar.zst";
    private static final Pattern OTHER_ARCHIVE =
            Pattern.compile("\\.(tar|tgz|tbz2?|txz|tzst|zip|7z|rar|gz|bz2|xz|zst|lz4|db)$", Pattern.CASE_INSENSITIVE);

    /** A disk with less room than this takes no further piece of a file. */
    private static final long FULL_BYTES = 1 << 20;

    private final DataDirectory directory;
    private final Clock clock;
    private final BooleanSupplier goOn;
    private final BackupHistory history;

    /**
     * What was made.
     *
     * @param place of the backup
     * @param bytes of its blobs
     * @param damaged blobs that are damaged in the data directory and in the backup before, too
     * @param deleted old backups that had to go
     */
    public record Report(String place, long operations, long blobs, long bytes, List<String> damaged, int deleted) {}

    /** @param goOn asked now and then; false gives up */
    public Backup(DataDirectory directory, Clock clock, BooleanSupplier goOn) {
        this.directory = directory;
        this.clock = clock;
        this.goOn = goOn;
        this.history = new BackupHistory(directory);
    }

    /** Returns the name of the lease for backups into one folder or file, which disturb each other. Blocks. */
    public static String leaseName(Path to) {
        Path place = to.toAbsolutePath().normalize();
        try {
            place = place.toRealPath();
        } catch (IOException notThere) {
            // The first backup makes it.
        }
        return "backup to " + place;
    }

    /** Returns the failure for a caller that does not get that lease. */
    public static StorageException another(Path to) {
        return new StorageException("%s: another backup is being made there; wait until it has ended".formatted(to));
    }

    /**
     * Makes a backup, under the lease of its place.
     *
     * @param to a file whose name ends with {@code .tar.zst}, or a folder of backups, each with a name of its own
     * @param keep so many of the newest in the folder; 0: all
     * @throws StorageException in one line for a person; then nothing is left of it
     */
    public Report make(Path to, int keep) {
        return make(to, keep, "command");
    }

    private Report make(Path to, int keep, String by) {
        long begun = System.nanoTime();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        boolean archive = String.valueOf(to.getFileName()).endsWith(ARCHIVE);
        if (archive && keep > 0) {
            throw new StorageException("%s: a file holds one backup; --keep works with a folder only".formatted(to));
        }
        requirePlace(to, archive);
        BackupFolder folder = new BackupFolder(to.toAbsolutePath());
        try {
            boolean mayDelete = archive || folder.setAside(now);
            BackupWriter writer =
                    archive ? new ArchiveWriter(to, directory.root()) : new FolderWriter(folder, directory.root(), now);
            Report made = make(folder, writer, mayDelete ? keep : 0, now);
            noteMade(by, now, begun, made);
            return made;
        } catch (IOException e) {
            throw failed(to, e);
        }
    }

    /**
     * Makes a scheduled backup in a folder. Refuses while this machine's clock is behind, as it may be before the network is up: no
     * person is there to read a warning.
     *
     * @param by who asks for it, for the history
     * @throws StorageException as {@link #make}
     */
    Report makeScheduled(Path to, int keep, String by) {
        long begun = System.nanoTime();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        try {
            new BackupFolder(to.toAbsolutePath()).requireClock(clock.instant());
            return make(to, keep, by);
        } catch (IOException e) {
            StorageException failure = failed(to, e);
            noteFailed(by, now, begun, failure);
            throw failure;
        } catch (RuntimeException e) {
            noteFailed(by, now, begun, e);
            throw e;
        }
    }

    private void noteMade(String by, Instant at, long begun, Report made) {
        history.add(new BackupRun(
                String.valueOf(Path.of(made.place()).getFileName()),
                at.toEpochMilli(),
                by,
                millisSince(begun),
                size(made),
                made.operations(),
                made.damaged().size(),
                null,
                null,
                List.of()));
    }

    private void noteFailed(String by, Instant at, long begun, RuntimeException failure) {
        Finding reason = goOn.getAsBoolean() ? Finding.of(failure) : new Finding(BackupProblem.STOPPED, "");
        history.add(BackupRun.failed(by, at.toEpochMilli(), millisSince(begun), reason));
    }

    private static long millisSince(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    /** The bytes of an archive, or of database and blobs; hard links count as what they stand for. */
    private static @Nullable Long size(Report made) {
        Path place = Path.of(made.place());
        try {
            return Files.isDirectory(place)
                    ? Long.valueOf(made.bytes() + Files.size(place.resolve("server.db")))
                    : Long.valueOf(Files.size(place));
        } catch (IOException gone) {
            return null;
        }
    }

    private static StorageException failed(Path to, IOException failure) {
        return new StorageException(
                "the backup to %s failed: %s".formatted(to, FailureReason.withFile(failure)), failure);
    }

    private Report make(BackupFolder folder, BackupWriter open, int keep, Instant now) throws IOException {
        try (BackupWriter writer = open) {
            Report made = writeOrSayFull(writer, now);
            LastBackup.note(directory, now);
            return keep == 0 ? made : deleted(made, folder.keep(keep, writer.place(), now));
        }
    }

    /** Once the writer is closed, what it has written is gone, and the disk has room again. */
    private Report writeOrSayFull(BackupWriter writer, Instant now) throws IOException {
        try {
            return write(writer, now);
        } catch (IOException | StorageException failure) {
            Path parent = writer.place().resolveSibling(".").normalize();
            if (goOn.getAsBoolean() && parent.toFile().getUsableSpace() < FULL_BYTES) {
                throw new BackupException(
                        new Finding(BackupProblem.DISK_FULL, parent.toString()),
                        "%s: the disk is full: %s".formatted(parent, FailureReason.withFile(failure)),
                        failure);
            }
            throw failure;
        }
    }

    /** Refuses a place where nobody would look for a backup, or where it would be lost together with the data. */
    private void requirePlace(Path to, boolean archive) {
        Path place = to.toAbsolutePath().normalize();
        if (!archive
                && !Files.isDirectory(place)
                && OTHER_ARCHIVE.matcher(place.toString()).find()) {
            throw new StorageException(
                    "%s: this kind of archive is not supported; use a name that ends with %s, or a folder"
                            .formatted(to, ARCHIVE));
        }
        Path parent = place.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw BackupProblem.FOLDER_MISSING.failure(
                    parent,
                    "%s: there is no folder %s; create it, or mount the disk that it is on".formatted(to, parent));
        }
        try {
            Path real = parent == null || Files.exists(place)
                    ? place.toRealPath()
                    : parent.toRealPath().resolve(place.getFileName());
            if (real.startsWith(directory.root().toRealPath())) {
                throw BackupProblem.INSIDE_DATA.failure(
                        to,
                        "%s: lies inside the data directory; choose a place outside it, best on another disk"
                                .formatted(to));
            }
        } catch (IOException e) {
            throw failed(to, e);
        }
    }

    private static Report deleted(Report made, int deleted) {
        return new Report(made.place(), made.operations(), made.blobs(), made.bytes(), made.damaged(), deleted);
    }

    private static Part addIfThere(BackupWriter writer, Path file) throws IOException {
        return Files.isRegularFile(file) ? writer.addFile(file) : Part.NONE;
    }

    private Report write(BackupWriter writer, Instant now) throws IOException {
        DatabaseCopy copy = DatabaseCopy.make(directory, writer.databaseFile(), goOn);
        int schema = copy.schemaVersion();
        long operations = copy.operations();
        Part database = writer.addDatabase();
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                now.toString(),
                BuildInfo.load().version(),
                schema,
                operations,
                database,
                addIfThere(writer, directory.secretKey()),
                addIfThere(writer, directory.root().resolve(Manifest.SETTINGS)));
        Blobs blobs = new Blobs(writer, manifest);
        try (ManifestWriter list = blobs.list) {
            copy.eachBlob(blobs::add);
            list.finish(blobs.damaged);
        }
        writer.finish(manifest, blobs.whole);
        return new Report(writer.place().toString(), operations, blobs.whole, blobs.bytes, blobs.damaged, 0);
    }

    /** What has been added so far. Only damaged blobs are held: they are few, or there is more to mourn than memory. */
    private final class Blobs {
        private final BackupWriter writer;
        private final ManifestWriter list;
        private final List<String> damaged = new ArrayList<>();
        private long whole;
        private long bytes;

        Blobs(BackupWriter writer, Manifest manifest) throws IOException {
            this.writer = writer;
            this.list = new ManifestWriter(writer.manifestFile(), directory.root(), manifest);
        }

        void add(BlobReference blob) throws IOException {
            if (!goOn.getAsBoolean()) {
                throw new StorageException("the backup was stopped");
            }
            if (writer.addBlob(blob, DataDirectory.blobFile(directory.blobs(), blob.sha256()))) {
                list.add(blob);
                whole++;
                bytes += blob.size();
            } else {
                damaged.add(ManifestWriter.line(blob));
            }
        }
    }
}
