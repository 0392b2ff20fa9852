package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.backup.Backup;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.data.DataCopy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A directory with data beside which the database is missing, empty, or somebody else's: no new empty server begins there. */
class LostDatabaseTest {
    private static final String RESTORE = "verstak-server restore --from BACKUP --data NEWDIR";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private interface Change {
        void make(Path data) throws Exception;
    }

    @Test
    void a_missing_database_beside_data_is_refused_and_none_is_made() {
        assertRefused(data -> Files.delete(data.resolve("server.db")), "server.db is missing", RESTORE);
    }

    @Test
    void an_empty_database_beside_data_is_refused() {
        assertRefused(LostDatabaseTest::truncate, "server.db is empty", RESTORE);
    }

    @Test
    void a_database_without_tables_beside_data_is_refused() {
        assertRefused(
                data -> {
                    truncate(data);
                    TestDatabase.execute(
                            data.resolve("server.db"), "CREATE TABLE t (a)", "DROP TABLE t", "PRAGMA user_version = 0");
                },
                "server.db is empty");
    }

    @Test
    void blobs_alone_are_enough_to_tell_that_a_server_was_here() {
        assertRefused(
                data -> {
                    truncate(data);
                    Files.delete(data.resolve("secret.key"));
                },
                "blobs/ shows");
    }

    @Test
    void a_file_that_is_no_database_is_called_damaged() {
        LOG.expectError("server.db is damaged");
        assertRefused(
                data -> Files.writeString(data.resolve("server.db"), "not a database ".repeat(10_000)),
                "server.db: is damaged, or not a database",
                "verstak-server verify");
    }

    @Test
    void the_database_of_another_program_is_left_alone() throws Exception {
        Path foreign = folder.resolve("foreign.db");
        TestDatabase.execute(foreign, "CREATE TABLE bookmarks (url TEXT)", "PRAGMA user_version = 3");
        byte[] before = Files.readAllBytes(foreign);

        assertRefused(
                data -> Files.copy(foreign, data.resolve("server.db"), StandardCopyOption.REPLACE_EXISTING),
                "another program's database");
        assertThat(Files.readAllBytes(foreign)).isEqualTo(before);
    }

    @Test
    void a_folder_or_a_link_in_the_place_of_the_database_is_refused() {
        assertRefused(
                data -> {
                    Files.delete(data.resolve("server.db"));
                    Files.createDirectory(data.resolve("server.db"));
                },
                "server.db: is not a file");
        assertRefused(
                data -> Files.createSymbolicLink(
                        data.resolve("server.db"), Files.move(data.resolve("server.db"), folder.resolve("moved.db"))),
                "is a symbolic link");
    }

    @Test
    void a_key_of_another_length_is_refused_with_what_to_do() {
        assertRefused(data -> Files.write(data.resolve("secret.key"), new byte[0]), "holds 0 bytes", "last backup");
    }

    @Test
    void a_missing_key_is_refused_while_something_is_encrypted_with_it() {
        assertRefused(
                data -> {
                    TestDatabase.execute(
                            data.resolve("server.db"),
                            "INSERT INTO mail_settings VALUES (1, 'h', 25, 'none', 'u', 'v1.sealed', 'f', 0)");
                    Files.delete(data.resolve("secret.key"));
                },
                "secret.key: is missing",
                "/dev/urandom");
    }

    /** As of one who copies server.db out of a backup into the directory of a server that was killed. */
    @Test
    void a_backup_copied_beside_a_leftover_write_ahead_log_is_refused() throws Exception {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Desktop desktop = server.pair("anna", "v");
            desktop.make(OutboxOp.note("n", "before")).push();
            new Backup(DataDirectory.openReadOnly(server.data()), Clock.systemUTC(), () -> true)
                    .make(folder.resolve("backups"), 0);
            desktop.make(OutboxOp.note("n", "after")).push();
            Path killed = DataCopy.copy(server.data(), folder.resolve("killed"));
            assertThat(killed.resolve("server.db-wal")).isNotEmptyFile();

            assertRefused(
                    data -> {
                        DataCopy.copy(killed, data);
                        Files.copy(copyInBackup(), data.resolve("server.db"), StandardCopyOption.REPLACE_EXISTING);
                    },
                    "server.db-wal beside it belongs to another database",
                    RESTORE);
        }
    }

    private Path copyInBackup() throws IOException {
        try (var backups = Files.list(folder.resolve("backups"))) {
            return backups.findFirst().orElseThrow().resolve("server.db");
        }
    }

    @Test
    void a_truncated_database_takes_no_push() {
        LOG.expectError("server.db is damaged");
        assertRefused(
                data -> {
                    try (FileChannel file = FileChannel.open(data.resolve("server.db"), StandardOpenOption.WRITE)) {
                        file.truncate(file.size() / 2);
                    }
                },
                "server.db: is damaged");
    }

    @Test
    void a_directory_in_which_only_the_first_start_was_cut_short_is_still_a_new_one() throws Exception {
        Path data = Files.createDirectories(folder.resolve("cut"));
        Files.createFile(data.resolve("server.db"));
        Files.createDirectories(data.resolve("blobs"));

        try (DataDirectory directory = DataDirectory.open(data)) {
            assertThat(StartupCheck.run(directory)).isEmpty();
        }
    }

    @Test
    void files_that_are_gone_while_the_database_names_them_are_told_at_the_start() {
        LOG.expectError("is its disk mounted?");
        try (TestServer server = TestServer.start().withUser("anna")) {
            server.pair("anna", "v").blobs().upload("a", "bytes".getBytes(StandardCharsets.UTF_8));

            server.whileStopped(data -> move(data.resolve("blobs"), folder.resolve("elsewhere")));

            assertThat(LOG.lines()).anyMatch(line -> line.contains("the database names 1 blobs"));
        }
    }

    private void assertRefused(Change change, String... words) {
        try (TestServer server = TestServer.start().withUser("anna")) {
            server.pair("anna", "v").blobs().upload("a", "bytes".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> server.whileStopped(data -> apply(change, settled(data))))
                    .cause()
                    .isInstanceOf(StorageException.class)
                    .hasMessageContainingAll(words)
                    .hasMessageNotContainingAny("Exception", "\n");
        }
    }

    /** All of a database in its one file. */
    private static Path settled(Path data) {
        TestDatabase.execute(data.resolve("server.db"), "PRAGMA wal_checkpoint(TRUNCATE)");
        return data;
    }

    private static void apply(Change change, Path data) {
        try {
            change.make(data);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    private static void truncate(Path data) throws IOException {
        Files.newByteChannel(data.resolve("server.db"), StandardOpenOption.WRITE)
                .truncate(0)
                .close();
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
