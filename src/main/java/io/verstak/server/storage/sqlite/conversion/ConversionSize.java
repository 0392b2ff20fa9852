package io.verstak.server.storage.sqlite.conversion;

import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much there is to convert, and the disk that it takes: until the end both logs are in the file. The size of the old log is not
 * known without reading all of it; the database without its free pages is taken for it.
 *
 * @param operations of all logs
 * @param converted those that are in chunks already
 * @param bytes the size of the old log
 * @param free the bytes of the file's free pages
 */
public record ConversionSize(long operations, long converted, long bytes, long free) {
    private static final Logger LOG = LoggerFactory.getLogger(ConversionSize.class);

    /** The write-ahead log between two checkpoints. */
    private static final long JOURNAL_BYTES = 96L << 20;

    /** A conversion of less is not worth a line. */
    private static final long SMALL_BYTES = 32L << 20;

    private static final long MIB = 1 << 20;

    /** Also for a database in which the conversion has not begun. */
    public static ConversionSize of(Connection connection) throws SQLException {
        long operations = number(connection, "SELECT COALESCE(SUM(operations), 0) FROM scopes");
        long chunks = number(connection, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'chunks'");
        long converted = chunks == 0 ? 0 : number(connection, "SELECT COALESCE(SUM(length(head)), 0) / 32 FROM chunks");
        long page = number(connection, "PRAGMA page_size");
        long free = number(connection, "PRAGMA freelist_count");
        long used = number(connection, "PRAGMA page_count") - free;
        double done = operations == 0 ? 1 : Math.min(1, (double) converted / operations);
        return new ConversionSize(operations, converted, (long) (used * page / (1 + done)), free * page);
    }

    /**
     * Says what the conversion needs, if it is much.
     *
     * @throws StorageException in one line for a person: there is too little of it
     */
    public static void requireSpace(Connection connection) throws SQLException {
        String file = file(connection);
        if (!file.isEmpty()) {
            try {
                of(connection)
                        .requireSpace(file, Files.getFileStore(Path.of(file)).getUsableSpace());
            } catch (IOException e) {
                throw new StorageException("%s: cannot be looked at: %s".formatted(file, PrivateFiles.reason(e)), e);
            }
        }
    }

    /** As {@link #requireSpace(Connection)}, with so many free bytes on the disk. */
    public void requireSpace(String file, long usable) {
        if (operations > 0 && missing(usable) > 0) {
            throw new StorageException(
                    "%s: the upgrade converts the log and needs %s of free disk while it runs, but %s are free: make %s more free and start again. Nothing was changed"
                            .formatted(file, needed(), mib(usable), mib(missing(usable))));
        }
        if (operations > converted && bytes > SMALL_BYTES) {
            LOG.info(
                    "server.db is being upgraded: {} operations of {} are to be converted, which needs {} of free disk while it runs ({} are free). It may be stopped; the next start continues it",
                    operations - converted,
                    operations,
                    needed(),
                    mib(usable));
        }
    }

    private long missing(long usable) {
        return neededBytes() - usable;
    }

    /** Returns the free disk that the rest needs, for a person. */
    public String needed() {
        return mib(neededBytes());
    }

    private long neededBytes() {
        double left = operations == 0 ? 0 : Math.max(0, 1 - (double) converted / operations);
        long rest = (long) (bytes * left);
        return Math.max(0, rest - free) + Math.min(JOURNAL_BYTES, rest);
    }

    private static String mib(long bytes) {
        return "%s MiB".formatted((bytes + MIB - 1) / MIB);
    }

    /** Returns the path of the database; empty: it is in memory. */
    private static String file(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA database_list")) {
            String file = row.next() ? row.getString(3) : "";
            return file == null ? "" : file;
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }
}
