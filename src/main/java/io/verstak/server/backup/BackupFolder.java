package io.verstak.server.backup;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder of backups, each a folder that is named by its time, so that their names sort as they were made. */
final class BackupFolder {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern NAMES = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\dZ");
    private static final String UNFINISHED = ".unfinished";
    /** What a killed backup has left is no longer being written to. */
    private static final Duration ABANDONED = Duration.ofDays(2);

    /** Two names in one second, or a clock that was put right, are no reason for a warning. */
    static final Duration SLACK = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(BackupFolder.class);
    private static final String AHEAD = ".clock-ahead";

    private final Path folder;

    BackupFolder(Path folder) {
        this.folder = folder;
    }

    /** Where a backup of this time goes; one of the same second, or what a killed one has left, moves it a second on. */
    Path place(Instant now) {
        Path place = folder.resolve(NAME.format(now));
        return Files.exists(place) || Files.exists(unfinished(place)) ? place(now.plusSeconds(1)) : place;
    }

    Path unfinished(Path place) {
        return place.resolveSibling(place.getFileName() + UNFINISHED);
    }

    /** The time by which a backup is named. */
    static Instant time(String name) {
        return Instant.from(NAME.parse(name));
    }

    /** The backups, oldest first. */
    List<Path> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(BackupFolder::isBackup).sorted().toList();
        }
    }

    /** The newest one that is not dated in the future; where all are, this machine's clock is what is wrong. */
    Optional<Path> newest(Instant now) throws IOException {
        List<Path> all = all();
        return all.stream()
                .filter(backup -> !isAhead(backup, now))
                .reduce((earlier, later) -> later)
                .or(() -> all.stream().reduce((earlier, later) -> later));
    }

    /** The backup that a new one may share files with: the newest one, or else one that was set aside. */
    Optional<Path> source(Instant now) throws IOException {
        Optional<Path> newest = newest(now);
        if (newest.isPresent() || !Files.isDirectory(folder)) {
            return newest;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(BackupFolder::isSetAside).max(Comparator.naturalOrder());
        }
    }

    private static boolean isSetAside(Path entry) {
        return String.valueOf(entry.getFileName()).endsWith(AHEAD) && Files.isRegularFile(entry.resolve(Manifest.NAME));
    }

    /** Those that the clock of their time was ahead for. */
    List<Path> ahead(Instant now) throws IOException {
        return all().stream().filter(backup -> isAhead(backup, now)).toList();
    }

    private static boolean isAhead(Path backup, Instant now) {
        return String.valueOf(backup.getFileName()).compareTo(NAME.format(now.plus(SLACK))) > 0;
    }

    /** Whether several backups, or all, are dated in the future: rather than all of them, this machine's clock is wrong. */
    private boolean isClockBehind(Instant now) throws IOException {
        int ahead = ahead(now).size();
        return ahead > 1 || (ahead == 1 && all().size() == 1);
    }

    /** @throws StorageException when several backups, or all, are dated in the future */
    void requireClock(Instant now) throws IOException {
        if (isClockBehind(now)) {
            throw BackupProblem.CLOCK_BEHIND.failure(
                    folder,
                    "%s: there are backups that are dated in the future: set this machine's clock right (%s); if it is right, add %s"
                                    .formatted(folder, now, AHEAD)
                            + " to the names of those backups");
        }
    }

    /**
     * Gives a backup that is dated in the future a name by which it is never the newest; nobody's only backup is deleted.
     *
     * @return false when this machine's clock is behind: then its word is no reason to rename or delete anything
     */
    boolean setAside(Instant now) throws IOException {
        if (isClockBehind(now)) {
            LOG.warn(
                    "{}: there are backups that are dated in the future: set this machine's clock right ({}). No old backup is"
                            + " deleted until then; if the clock is right, add {} to the names of those backups",
                    folder,
                    now,
                    AHEAD);
            return false;
        }
        for (Path backup : ahead(now)) {
            Path aside = backup.resolveSibling(backup.getFileName() + AHEAD);
            Files.move(backup, aside);
            LOG.warn(
                    "{} is dated in the future: the clock was ahead when it was made. It is {} now and is never deleted: do that"
                            + " yourself, or restore it by its name",
                    backup,
                    aside.getFileName());
        }
        return true;
    }

    /** Returns whether this is a finished backup that nobody has begun to delete. */
    static boolean isBackup(Path entry) {
        return NAMES.matcher(String.valueOf(entry.getFileName())).matches()
                && Files.isRegularFile(entry.resolve(Manifest.NAME));
    }

    /** Deletes all but the one just made and the newest beside it, and what was never finished; returns how many backups went. */
    int keep(int newest, Path made, Instant now) throws IOException {
        List<Path> others =
                all().stream().filter(backup -> !backup.equals(made)).toList();
        List<Path> old = others.subList(0, Math.max(0, others.size() - (newest - 1)));
        for (Path backup : old) {
            // Without its manifest it is no backup any more, whatever happens next.
            Files.delete(backup.resolve(Manifest.NAME));
            delete(backup);
        }
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.filter(each -> isAbandoned(each, now)).toList()) {
                delete(entry);
            }
        }
        return old.size();
    }

    private static boolean isAbandoned(Path entry, Instant now) {
        String name = String.valueOf(entry.getFileName());
        try {
            return name.endsWith(UNFINISHED)
                    && NAMES.matcher(name.substring(0, name.length() - UNFINISHED.length()))
                            .matches()
                    && Files.getLastModifiedTime(entry).toInstant().isBefore(now.minus(ABANDONED));
        } catch (IOException gone) {
            return false;
        }
    }

    /** Where a backup keeps a blob: as a data directory does. */
    static Path blob(Path backup, Sha256 sha256) {
        return DataDirectory.blobFile(backup.resolve("blobs"), sha256);
    }

    /** Deletes a folder with all that is in it; nothing happens when there is none. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes found) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
