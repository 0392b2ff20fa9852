package io.verstak.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.backup.Verification.Damage;
import io.verstak.server.backup.Verification.Report;
import io.verstak.server.backup.Verification.Watcher;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.data.DataCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is damaged in a data directory is found and named: a thousand blobs, and every row and page that is tried. */
class VerificationTest {
    private static final int DAMAGES = 1000;
    private static final int TORN_PAGES = 50;
    private static final int PAGE_BYTES = 8192;

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withUser("bob");

    private static final Random RANDOM = new Random(20_261_122);

    @TempDir
    static Path folder;

    @BeforeAll
    static void two_vaults_with_a_past() {
        Desktop alice = SERVER.pair("alice", "main");
        Desktop second = SERVER.pair("alice", "main");
        Desktop bob = SERVER.pair("bob", "other");
        for (int i = 0; i < 150; i++) {
            alice.make(OutboxOp.note("note-" + i % 20, "text " + i));
            second.make(OutboxOp.note("note-" + i % 30, "other " + i));
            bob.make(OutboxOp.note("note-" + i, "bob's " + "x".repeat(i * 40)));
        }
        List.of(alice, second, bob).forEach(Desktop::sync);
        for (int i = 0; i < DAMAGES; i++) {
            byte[] file = new byte[1 + RANDOM.nextInt(3000)];
            RANDOM.nextBytes(file);
            Sha256 sha256 = alice.blobs().upload("file", file);
            if (i < 20) {
                alice.make(OutboxOp.note("f" + i, "")
                        .on("file", "f" + i)
                        .withPayload("{\"blob\":{\"sha256\":\"%s\",\"size\":%d}}".formatted(sha256, file.length)));
            }
        }
        alice.sync();
        SERVER.whileStopped(data -> DataCopy.copy(data, sound()));
        // No page is free: damage in one that holds nothing is none.
        TestDatabase.execute(sound().resolve("server.db"), "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    @Test
    void a_sound_directory_is_clean_also_beside_a_running_server() {
        Report stopped = verify(sound(), true);
        Report running = verify(SERVER.data(), true);

        assertThat(stopped.damages()).isEmpty();
        assertThat(stopped.clean()).isTrue();
        assertThat(stopped.operations()).isEqualTo(470);
        assertThat(stopped.blobs()).isEqualTo(DAMAGES);
        assertThat(running).isEqualTo(stopped);
    }

    @Test
    void every_flipped_bit_every_cut_and_every_missing_file_is_named() throws IOException {
        Path data = damaged();
        List<String> blobs = TestDatabase.rows(data.resolve("server.db"), "SELECT sha256 FROM blobs ORDER BY sha256");
        for (int i = 0; i < blobs.size(); i++) {
            plant(file(data, blobs.get(i)), i % 3);
        }

        Report report = verify(data, true);

        assertThat(report.damages()).extracting(Damage::text).hasSize(blobs.size());
        for (String blob : blobs) {
            assertThat(report.damages()).anyMatch(damage -> damage.text().contains(blob));
        }
        assertThat(report.damages())
                .extracting(Damage::kind)
                .containsOnly("blob_wrong_bytes", "blob_wrong_size", "blob_missing");
    }

    private static void plant(Path file, int kind) throws IOException {
        if (kind == 2) {
            Files.delete(file);
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (kind == 1) {
                channel.truncate(RANDOM.nextInt(bytes.length));
                return;
            }
            int at = RANDOM.nextInt(bytes.length);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[at] ^ 1 << RANDOM.nextInt(8))}), at);
        }
    }

    @Test
    void without_deep_sizes_are_compared_and_nothing_is_read() throws IOException {
        Path data = damaged();
        List<String> blobs = TestDatabase.rows(data.resolve("server.db"), "SELECT sha256 FROM blobs LIMIT 3");
        plant(file(data, blobs.get(0)), 0);
        plant(file(data, blobs.get(1)), 1);
        plant(file(data, blobs.get(2)), 2);

        assertThat(verify(data, false).damageCount()).isEqualTo(2);
        assertThat(verify(data, true).damageCount()).isEqualTo(3);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        content  | UPDATE ops SET json = replace(json, 'text 7', 'text 8') WHERE seq = 8
        chain    | UPDATE ops SET prev = prev + 1 WHERE scope_id = 1 AND seq = 90
        chain    | UPDATE ops SET prev_other = prev_other + 1 WHERE scope_id = 1 AND seq = 180
        chain    | UPDATE ops SET chain = zeroblob(32) WHERE scope_id = 1 AND seq = 17
        content  | UPDATE ops SET content = zeroblob(32) WHERE scope_id = 1 AND seq = 17
        content  | UPDATE ops SET device_key = device_key + 1 WHERE scope_id = 1 AND seq = 17
        sequence | DELETE FROM ops WHERE scope_id = 1 AND seq = 40
        sequence | DELETE FROM ops WHERE scope_id = 1 AND seq <= 40
        head     | DELETE FROM ops WHERE scope_id = 1 AND seq = 320
        sequence | UPDATE ops SET seq = 999 WHERE scope_id = 1 AND seq = 320
        head     | UPDATE scopes SET head = head - 1
        sequence | UPDATE scopes SET counter = counter + 5
        head     | UPDATE scopes SET operations = operations + 1
        head     | UPDATE scopes SET last_skip = 3
        chain    | UPDATE scopes SET chain = zeroblob(32)
        op_key   | DELETE FROM op_keys WHERE scope_id = 1 AND seq = 12
        op_key   | UPDATE op_keys SET seq = 13 WHERE scope_id = 1 AND seq = 12
        op_key   | INSERT INTO op_keys VALUES (1, 4711, 5)
        entity   | UPDATE entities SET last_seq = last_seq - 1 WHERE scope_id = 1
        entity   | UPDATE entities SET last_other = last_other + 1 WHERE scope_id = 1
        entity   | DELETE FROM entities WHERE scope_id = 1
        entity   | INSERT INTO entities VALUES (1, 4711, 5, 5, 5)
        log      | DELETE FROM scopes WHERE vault_id = 'other'
        blob_row | DELETE FROM blob_refs WHERE sha256 IN (SELECT sha256 FROM blob_refs ORDER BY created_at LIMIT 1)
        blob_row | DELETE FROM blobs WHERE sha256 IN (SELECT sha256 FROM blobs LIMIT 1)
        blob_row | UPDATE blobs SET size = size + 1
        usage    | UPDATE blob_usage SET bytes = bytes + 1
        usage    | DELETE FROM blob_usage
        device   | UPDATE devices SET scope_id = 99
        device   | DELETE FROM users WHERE username = 'bob'""")
    void a_row_that_was_changed_behind_the_servers_back_is_found(String kind, String sql) {
        Path data = withBlobsOfTheSoundOne();
        TestDatabase.execute(data.resolve("server.db"), sql);

        Report report = verify(data, false);

        assertThat(report.clean()).isFalse();
        assertThat(report.damages()).extracting(Damage::kind).contains(kind);
    }

    @Test
    void a_torn_page_is_found_wherever_it_lies() throws IOException {
        Path data = withBlobsOfTheSoundOne();
        Path database = data.resolve("server.db");
        byte[] before = Files.readAllBytes(database);
        for (int i = 0; i < TORN_PAGES; i++) {
            int page = 1 + RANDOM.nextInt(before.length / PAGE_BYTES - 1);
            byte[] torn = before.clone();
            byte[] noise = new byte[16];
            RANDOM.nextBytes(noise);
            System.arraycopy(noise, 0, torn, page * PAGE_BYTES, noise.length);
            Files.write(database, torn);

            assertThat(verify(data, false).clean()).as("page " + page).isFalse();
        }
    }

    private static Path sound() {
        return folder.resolve("sound");
    }

    private static Path damaged() {
        try {
            return DataCopy.copy(sound(), Files.createTempDirectory(folder, "damaged"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** For damage in the database: blobs are linked, and must not be touched. */
    private static Path withBlobsOfTheSoundOne() {
        try {
            Path data = Files.createTempDirectory(folder, "damaged");
            Files.createSymbolicLink(data.resolve("blobs"), sound().resolve("blobs"));
            Files.copy(sound().resolve("server.db"), data.resolve("server.db"));
            return data;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path file(Path data, String sha256) {
        return data.resolve("blobs")
                .resolve(sha256.substring(0, 2))
                .resolve(sha256.substring(2, 4))
                .resolve(sha256);
    }

    private static Report verify(Path data, boolean deep) {
        return new Verification(DataDirectory.openReadOnly(data), deep, new Silent()).run(false);
    }

    private record Silent() implements Watcher {
        @Override
        public void part(String name, long steps) {}

        @Override
        public void advance(long steps) {}

        @Override
        public void damage(Damage damage) {}
    }
}
