package io.verstak.server.storage.sqlite;

import io.verstak.server.storage.StorageException;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** How connections to the embedded database are set up. The reasons stand beside each setting. */
public final class Sqlite {
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;
    private static final int CHECKPOINT_TIMEOUT_MILLIS = 100;
    /** Larger pages read faster and take more ops of one push; smaller ones cost scattered pushes less. */
    private static final int PAGE_BYTES = 8192;

    private static final int WRITER_CACHE_KIB = 32 << 10;
    private static final int FILLER_CACHE_KIB = 128 << 10;
    private static final int READER_CACHE_KIB = 4 << 10;

    /** A transaction that began as a reader and then wrote could fail with SQLITE_BUSY_SNAPSHOT. */
    public static final String BEGIN = "BEGIN IMMEDIATE";

    private Sqlite() {}

    /** A connection that writes: a commit returns when the change would survive a power cut. */
    static SQLiteDataSource writer(Path file) {
        return writer(file, SynchronousMode.FULL);
    }

    /** A connection that writes what can be made again: a power cut may take the latest commits, each of them as a whole. */
    static SQLiteDataSource derivedWriter(Path file) {
        return writer(file, SynchronousMode.NORMAL);
    }

    private static SQLiteDataSource writer(Path file, SynchronousMode synchronous) {
        SQLiteConfig config = common();
        config.setPageSize(PAGE_BYTES);
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(synchronous);
        config.setCacheSize(-WRITER_CACHE_KIB);
        // Checkpoints are the Checkpointer's work, off the commit path.
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "0");
        return source(file, config);
    }

    /** A connection that fills a new database as fast as can be: until it is finished, nobody would miss what a crash takes. */
    public static SQLiteDataSource filler(String url) {
        NativeLibraries.loadSqlite(Path.of(""));
        SQLiteConfig config = common();
        config.setPageSize(PAGE_BYTES);
        config.setJournalMode(JournalMode.MEMORY);
        config.setSynchronous(SynchronousMode.OFF);
        config.setCacheSize(-FILLER_CACHE_KIB);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        return source;
    }

    /** A connection that only moves the write-ahead log into the database. Writers wait for it, so it waits for few. */
    static SQLiteDataSource checkpointer(Path file) {
        SQLiteConfig config = common();
        config.setBusyTimeout(CHECKPOINT_TIMEOUT_MILLIS);
        config.setSynchronous(SynchronousMode.FULL);
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "0");
        return source(file, config);
    }

    /** A connection that only reads. */
    public static SQLiteDataSource reader(Path file) {
        SQLiteConfig config = common();
        config.setReadOnly(true);
        config.setCacheSize(-READER_CACHE_KIB);
        return source(file, config);
    }

    /** A connection to a file that no server uses, without a write-ahead log beside it. */
    static SQLiteDataSource plain(Path file) {
        SQLiteConfig config = common();
        config.setSynchronous(SynchronousMode.FULL);
        return source(file, config);
    }

    /** The extended code of what the database has refused with. */
    static @Nullable SQLiteErrorCode code(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return sqlite.getResultCode();
            }
        }
        return null;
    }

    /** Whether the bytes of the file are not those of a database, or not any more. */
    static boolean isDamage(Throwable failure) {
        SQLiteErrorCode code = code(failure);
        return code != null
                && (primary(code) == SQLiteErrorCode.SQLITE_CORRUPT.code
                        || primary(code) == SQLiteErrorCode.SQLITE_NOTADB.code);
    }

    /** Says why a database cannot be opened, in one line for a person. */
    static StorageException cannotBeOpened(Exception failure) {
        return new StorageException(
                isDamage(failure)
                        ? "server.db: is damaged, or not a database: look with verstak-server verify, and restore the last good"
                                + " backup into another directory with verstak-server restore"
                        : "server.db: cannot be opened: " + failure.getMessage(),
                failure);
    }

    static boolean isInterrupted(Throwable failure) {
        SQLiteErrorCode code = code(failure);
        return code != null && primary(code) == SQLiteErrorCode.SQLITE_INTERRUPT.code;
    }

    /** An extended code holds its primary one in the lowest byte. */
    private static int primary(SQLiteErrorCode code) {
        return code.code & 0xff;
    }

    private static SQLiteConfig common() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setTempStore(TempStore.MEMORY);
        // The driver would ask for the row's number after each INSERT, by a statement of its own. Who wants to know it
        // may still ask.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private static SQLiteDataSource source(Path file, SQLiteConfig config) {
        NativeLibraries.loadSqlite(file);
        Properties properties = config.toProperties();
        SQLiteDataSource source = new SQLiteDataSource(new SQLiteConfig(properties));
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }
}
