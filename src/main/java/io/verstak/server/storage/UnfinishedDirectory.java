package io.verstak.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The leftovers of a killed import or restore. None of them is an only copy. */
public final class UnfinishedDirectory {
    private static final Set<String> FOLDERS = Set.of("blobs", "tmp");
    private static final Set<String> FILES = Set.of(DataDirectory.LOCK_FILE, "secret.key", "verstak-server.json");
    /** A folder of the file system itself, if the directory is a whole disk. */
    private static final String LOST_AND_FOUND = "lost+found";

    private UnfinishedDirectory() {}

    /** Returns whether a directory holds nothing else, or nothing at all. Blocks. */
    public static boolean is(Path root) throws IOException {
        List<Path> entries;
        try (Stream<Path> all = Files.list(root)) {
            entries = all.filter(entry -> !entry.endsWith(LOST_AND_FOUND)).toList();
        }
        if (Files.exists(root.resolve(DataDirectory.DATABASE))) {
            return false;
        }
        // The database file is created before everything but the lock and empty folders, and is removed last.
        return Files.exists(root.resolve(DataDirectory.UNFINISHED))
                ? entries.stream().allMatch(UnfinishedDirectory::isKnown)
                : entries.stream().allMatch(entry -> entry.endsWith(DataDirectory.LOCK_FILE) || isEmptyFolder(entry));
    }

    private static boolean isKnown(Path entry) {
        String name = String.valueOf(entry.getFileName());
        return name.startsWith(DataDirectory.UNFINISHED) || FILES.contains(name) || FOLDERS.contains(name);
    }

    private static boolean isEmptyFolder(Path entry) {
        if (!FOLDERS.contains(String.valueOf(entry.getFileName()))) {
            return false;
        }
        try (Stream<Path> entries = Files.list(entry)) {
            return entries.findAny().isEmpty();
        } catch (IOException unreadable) {
            return false;
        }
    }
}
