package io.verstak.server.storage.sqlite;

import com.github.luben.zstd.util.Native;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads the libraries that the jar carries for the machine's processor. Each is unpacked into a folder of its own, loaded once, and
 * deleted again before it is used, so that a killed process leaves none behind. Blocks.
 */
public final class NativeLibraries {
    private static final String PREFIX = "verstak-native-";
    private static boolean sqliteLoaded;
    private static boolean zstdLoaded;

    @FunctionalInterface
    private interface Loader {
        /** Unpacks and loads. */
        void load(Path folder) throws Exception;
    }

    private NativeLibraries() {}

    /**
     * Loads SQLite, unless it is loaded.
     *
     * @param file beside which it is unpacked where the folder for temporary files runs no programs
     * @throws StorageException in one line for a person: it cannot be loaded
     */
    public static synchronized void loadSqlite(Path file) {
        if (!sqliteLoaded) {
            load("SQLite", file, folder -> {
                System.setProperty("org.sqlite.tmpdir", folder.toString());
                SQLiteJDBCLoader.initialize();
            });
            sqliteLoaded = true;
        }
    }

    /** As {@link #loadSqlite}, for the compression of backups. */
    public static synchronized void loadZstd(Path file) {
        if (!zstdLoaded) {
            load("zstd", file, folder -> Native.load(folder.toFile()));
            zstdLoaded = true;
        }
    }

    private static void load(String name, Path file, Loader loader) {
        Path beside = file.toAbsolutePath().resolveSibling(".").normalize();
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        for (Path place : List.of(temporary, beside)) {
            if (loads(place, loader)) {
                return;
            }
        }
        throw new StorageException(
                "the native library of %s cannot be loaded: neither %s nor %s lets a program run (mounted noexec?); name a folder"
                                .formatted(name, temporary, beside)
                        + " that does with the variable JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR");
    }

    private static boolean loads(Path place, Loader loader) {
        Path folder;
        try {
            folder = Files.createTempDirectory(place, PREFIX, DataDirectory.folderPermissions());
        } catch (IOException notWritable) {
            return false;
        }
        try {
            loader.load(folder);
            return true;
        } catch (Exception | LinkageError refused) {
            return false;
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException kept) {
            // It is a megabyte in a folder for temporary files.
        }
    }
}
