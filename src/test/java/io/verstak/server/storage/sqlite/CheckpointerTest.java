package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.ServerLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class CheckpointerTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    Path folder;

    /** It is tried four times a second, and the log may be on the disk that is full. */
    @Test
    void a_checkpoint_that_fails_is_logged_once_until_it_works_again() throws Exception {
        LOG.expectError("the disk of the database is full");
        Path file = folder.resolve("server.db");
        CountDownLatch refused = new CountDownLatch(3);
        // The first rounds only look; then one moves the log with a second statement.
        CountDownLatch worked = new CountDownLatch(13);
        try (Connection real = Sqlite.checkpointer(file).getConnection();
                Checkpointer checkpointer = new Checkpointer(
                        file,
                        refusing(real, refused, worked),
                        new WriteLock(),
                        new StorageFailures(folder.resolve("damaged"), () -> {}))) {
            try (Statement write = real.createStatement()) {
                write.execute("PRAGMA journal_mode = WAL");
                write.execute("CREATE TABLE t (n INTEGER)");
            }
            checkpointer.start();

            assertThat(worked.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(LOG.lines())
                    .filteredOn(line -> line.startsWith("the write-ahead log cannot be moved"))
                    .satisfiesExactly(
                            first -> assertThat(first).contains("disk is full", "logged once"),
                            last -> assertThat(last).endsWith(": over"));
        }
    }

    /** The first statement is that of the constructor. */
    private static Connection refusing(Connection real, CountDownLatch refused, CountDownLatch worked) {
        CountDownLatch made = new CountDownLatch(1);
        return (Connection) Proxy.newProxyInstance(
                CheckpointerTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("createStatement")) {
                        if (made.getCount() == 0 && refused.getCount() > 0) {
                            refused.countDown();
                            throw new SQLiteException("full", SQLiteErrorCode.SQLITE_FULL);
                        }
                        (made.getCount() > 0 ? made : worked).countDown();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}
