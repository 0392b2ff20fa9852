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
import org.junit.jupiter.params.provider.MethodSource;

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
        List.of(alice, bob).forEach(Desktop::sync);
        SERVER.whileStopped(data -> TestDatabase.sealKeys(data.resolve("server.db")));
        second.sync();
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
        SERVER.whileStopped(data -> {
            TestDatabase.sealKeys(data.resolve("server.db"));
            DataCopy.copy(data, sound());
        });
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
    @MethodSource("io.verstak.server.backup.DatabaseChanges#ofData")
    void a_row_that_was_changed_behind_the_servers_back_is_found(String kind, String sql) {
        Path data = changed(sql);

        Report report = verify(data, false);

        assertThat(report.clean()).isFalse();
        assertThat(report.damages()).extracting(Damage::kind).contains(kind);
        assertThat(report.damages()).noneMatch(damage -> damage.text().contains("cannot be read on"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("io.verstak.server.backup.DatabaseChanges#ofIndex")
    void a_damaged_index_is_found_and_made_again(String kind, String sql) {
        Path data = changed(sql);

        Report report = verify(data, false);

        assertThat(report.clean()).isFalse();
        assertThat(report.damages()).extracting(Damage::kind).contains(kind);
        assertThat(report.damages()).noneMatch(damage -> damage.text().contains("cannot be read on"));

        Report repaired = repair(data);
        assertThat(repaired.damages()).isEqualTo(report.damages());
        assertThat(repaired.rebuilt()).isBetween(1L, 2L);
        assertThat(verify(data, false).damages()).isEmpty();
    }

    @Test
    void an_index_is_not_made_of_a_damaged_log() {
        Path data = changed("UPDATE chunks SET chain = zeroblob(32) WHERE id = :first");
        TestDatabase.execute(data.resolve("server.db"), "DELETE FROM key_parts");

        assertThat(repair(data).rebuilt()).isEqualTo(1);
        assertThat(verify(data, false).damages()).extracting(Damage::kind).contains("op_key", "chain");
    }

    @Test
    void what_a_killed_merge_has_left_is_no_damage() {
        Path data = changed("INSERT INTO key_parts VALUES (4711 << 24, zeroblob(16))");

        assertThat(verify(data, false).damages()).isEmpty();
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

    private static Path changed(String sql) {
        Path data = withBlobsOfTheSoundOne();
        TestDatabase.execute(data.resolve("server.db"), DatabaseChanges.spelled(sql));
        return data;
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

    private static Report repair(Path data) {
        return new Verification(DataDirectory.openReadOnly(data), false, new Silent()).run(true);
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
