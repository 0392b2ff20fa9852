package io.verstak.server.importer;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.sqlite.NativeLibraries;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;

/**
 * The Go server's data directory, which is never written, not even SQLite's files beside the database: with a
 * write-ahead log or a journal, a copy is opened, otherwise the file itself as immutable.
 */
final class GoDirectory implements AutoCloseable {
    private static final String DATABASE = "server.db";
    private static final String BLOBS = "blobs";
    private static final List<String> BESIDE = List.of("-wal", "-journal");

    private final Path root;
    private final Path copies;
    private final String stamp;
    private final Connection connection;

    private GoDirectory(Path root, Path copies, String stamp, Connection connection) {
        this.root = root;
        this.copies = copies;
        this.stamp = stamp;
        this.connection = connection;
    }

    /**
     * @param scratch a folder for copies
     * @throws ImportException in one line for a person
     */
    static GoDirectory open(Path root, Path scratch) {
        try {
            requireDatabase(root);
            String stamp = stamp(root);
            Path copies = Files.createTempDirectory(scratch, "import-source-", DataDirectory.folderPermissions());
            try {
                return new GoDirectory(root, copies, stamp, connect(root, copies));
            } catch (IOException | SQLException | RuntimeException failure) {
                delete(copies);
                throw failure;
            }
        } catch (AccessDeniedException denied) {
            throw SourceFiles.forbidden(Path.of(String.valueOf(denied.getFile())), denied);
        } catch (IOException e) {
            throw new ImportException("%s: cannot be read: %s".formatted(root, e.getMessage()), e);
        } catch (SQLException e) {
            throw new ImportException(
                    "%s: cannot be read as a database: %s".formatted(root.resolve(DATABASE), e.getMessage()), e);
        }
    }

    /** @throws ImportException if the folder is not a Go server's, or may not be read */
    static void requireDatabase(Path root) throws IOException {
        Optional<BasicFileAttributes> folder = SourceFiles.find(root);
        if (folder.isEmpty()) {
            throw new ImportException("%s: there is no such folder".formatted(root));
        }
        if (!folder.get().isDirectory()) {
            throw new ImportException("%s: not a folder; name the Go server's data directory".formatted(root));
        }
        Path database = root.resolve(DATABASE);
        if (SourceFiles.find(database)
                .filter(BasicFileAttributes::isRegularFile)
                .isEmpty()) {
            throw new ImportException(
                    "%s: holds no %s; name the Go server's data directory (data_dir in its config.yml)"
                            .formatted(root, DATABASE));
        }
        Path blobs = root.resolve(BLOBS);
        try {
            FileChannel.open(database, StandardOpenOption.READ).close();
            if (SourceFiles.find(blobs).isPresent()) {
                try (Stream<Path> folders = Files.list(blobs)) {
                    folders.limit(1).forEach(Objects::requireNonNull);
                }
            }
        } catch (AccessDeniedException denied) {
            throw SourceFiles.forbidden(Path.of(denied.getFile()), denied);
        }
    }

    private static Connection connect(Path root, Path copies) throws IOException, SQLException {
        boolean busy = false;
        for (String suffix : BESIDE) {
            Path beside = root.resolve(DATABASE + suffix);
            if (SourceFiles.find(beside).map(BasicFileAttributes::size).orElse(0L) > 0) {
                Files.copy(beside, copies.resolve(DATABASE + suffix));
                busy = true;
            }
        }
        NativeLibraries.loadSqlite(copies.resolve(DATABASE));
        SQLiteConfig config = new SQLiteConfig();
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setCacheSize(-(32 << 10));
        if (!busy) {
            config.setReadOnly(true);
            return config.createConnection(
                    "jdbc:sqlite:" + root.resolve(DATABASE).toRealPath().toUri() + "?immutable=1");
        }
        Path copy = Files.copy(root.resolve(DATABASE), copies.resolve(DATABASE));
        return config.createConnection("jdbc:sqlite:" + copy.toAbsolutePath());
    }

    Connection connection() {
        return connection;
    }

    Path config() {
        return root.resolve("config.yml");
    }

    /** Returns the path of a blob's file: {@code blobs/ab/cd/<sha256>}. */
    Path blob(String sha256) {
        return blobs().resolve(sha256.substring(0, 2))
                .resolve(sha256.substring(2, 4))
                .resolve(sha256);
    }

    Path blobs() {
        return root.resolve(BLOBS);
    }

    /** @throws ImportException when the database was written to meanwhile */
    void requireUnchanged() throws IOException {
        if (!stamp.equals(stamp(root))) {
            throw new ImportException(
                    "%s: changed during the import; stop the Go server and import again".formatted(root));
        }
    }

    /** Returns sizes and times of the database and its companion files. */
    private static String stamp(Path root) throws IOException {
        TreeMap<String, String> stamps = new TreeMap<>();
        for (String suffix : List.of("", "-wal", "-journal")) {
            Path file = root.resolve(DATABASE + suffix);
            SourceFiles.find(file)
                    .ifPresent(found -> stamps.put(suffix, found.size() + "@" + found.lastModifiedTime()));
        }
        return stamps.toString();
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw new IOException(failure);
        } finally {
            delete(copies);
        }
    }
}
