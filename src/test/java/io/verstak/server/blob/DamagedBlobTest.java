package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files that have changed or gone behind the server's back, and what a crash leaves. */
class DamagedBlobTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @Test
    void a_missing_file_is_unavailable_until_the_same_bytes_are_uploaded() {
        byte[] file = stored(71);
        SERVER.blobs().delete(Sha256.of(file));

        assertUnavailable(file);
        Blobs.stored(SERVER, DEVICE, file);

        assertThat(download(file).wire()).isEqualTo(file);
    }

    @Test
    void a_file_of_another_size_is_unavailable_until_the_same_bytes_are_uploaded() {
        byte[] file = stored(72);
        SERVER.blobs().replace(Sha256.of(file), new byte[] {1, 2, 3});

        assertUnavailable(file);
        Blobs.stored(SERVER, DEVICE, file);

        assertThat(download(file).wire()).isEqualTo(file);
    }

    @Test
    void a_file_with_other_bytes_is_unavailable_until_the_same_bytes_are_uploaded() {
        byte[] file = stored(73);
        byte[] damaged = file.clone();
        damaged[500] ^= 1;
        SERVER.blobs().replace(Sha256.of(file), damaged);

        assertUnavailable(file);
        assertUnavailable(file);
        Blobs.stored(SERVER, DEVICE, file);

        assertThat(download(file).wire()).isEqualTo(file);
        assertThat(SERVER.blobs().read(Sha256.of(file))).isEqualTo(file);
    }

    @Test
    @OneEngine("an object has no time that anybody can set")
    void a_whole_file_with_another_time_is_read_once_and_served() throws Exception {
        byte[] file = stored(74);
        Files.setLastModifiedTime(path(file), LONG_AGO);

        assertThat(download(file).wire()).isEqualTo(file);
        assertThat(download(file).wire()).isEqualTo(file);
    }

    @Test
    @OneEngine("the number of a file's inode")
    void an_upload_keeps_the_whole_file_that_is_there() throws Exception {
        byte[] file = stored(75);
        Object before = Files.getAttribute(path(file), "unix:ino");

        Blobs.stored(SERVER, DEVICE, file);

        assertThat(Files.getAttribute(path(file), "unix:ino")).isEqualTo(before);
    }

    @Test
    @OneEngine("an object without a row has a key that nobody asks for")
    void a_damaged_file_that_a_crash_left_without_a_row_is_replaced() throws Exception {
        byte[] file = Blobs.bytes(1000, 76);
        Path orphan = path(file);
        Files.createDirectories(orphan.resolveSibling("."));
        Files.write(orphan, new byte[1000]);

        assertThat(download(file).code()).isEqualTo("blob_not_found");
        Blobs.stored(SERVER, DEVICE, file);

        assertThat(download(file).wire()).isEqualTo(file);
    }

    @Test
    void a_restart_removes_what_broken_uploads_left_and_keeps_blobs() throws Exception {
        byte[] file = stored(77);
        Files.write(SERVER.data().resolve("tmp").resolve("upload-left-behind"), new byte[10]);

        SERVER.restart();

        assertThat(Blobs.uploads(SERVER)).isEmpty();
        assertThat(download(file).wire()).isEqualTo(file);
        assertThat(SERVER.blobs().hashes()).containsAll(SERVER.rows("SELECT sha256 FROM blobs"));
    }

    private static byte[] stored(long seed) {
        byte[] file = Blobs.bytes(1000, seed);
        Blobs.stored(SERVER, DEVICE, file);
        return file;
    }

    private static Path path(byte[] file) {
        return Blobs.file(SERVER, Sha256.of(file));
    }

    private static Answer download(byte[] file) {
        return SERVER.send(Blobs.get(DEVICE, Sha256.of(file)));
    }

    private static void assertUnavailable(byte[] file) {
        LOG.expectError("damaged or missing");
        Answer answer = download(file);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.code()).isEqualTo("blob_unavailable");
        assertThat(answer.header("ETag")).isEmpty();
    }
}
