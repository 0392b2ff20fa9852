package io.verstak.server.blob.resumable;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Uploads in parts whose connections, clients or servers break. */
@OneEngine("watches the file of a part; SharedUploadsTest breaks parts on their way to a bucket")
class TusBreakTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Tus TUS = new Tus(SERVER, SERVER.pair("alice", "main"));

    @Test
    void what_has_come_of_a_broken_part_stays() throws Exception {
        byte[] file = Blobs.bytes(1_000_000, 800);
        String upload = TUS.create(file.length);

        sendPartOf(upload, file, 600_000).close();
        Blobs.until(() -> TUS.offset(upload) == 600_000);

        assertThat(TUS.append(upload, 600_000, Arrays.copyOfRange(file, 600_000, file.length))
                        .header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void a_part_whose_answer_is_lost_is_finished_and_told_to_who_asks_again() throws Exception {
        byte[] file = Blobs.bytes(300_000, 801);
        String upload = TUS.create(file.length);

        Http lost = TUS.begin(upload, 0, file, file.length);
        Blobs.until(() -> !TUS.head(upload).header("Blob-Sha256").isEmpty());
        lost.close();

        assertThat(TUS.append(upload, file.length, new byte[0]).header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void nothing_counts_of_a_broken_part_under_a_checksum() throws Exception {
        byte[] file = Blobs.bytes(100_000, 802);
        String upload = TUS.create(file.length);
        String checksum = "sha256 "
                + Base64.getEncoder().encodeToString(Sha256.newDigest().digest(file));
        try (Http http = Http.connect(SERVER.port())) {
            http.write(
                    TUS.part(upload, 0, file).with("Upload-Checksum", checksum).head());
            http.write(Arrays.copyOf(file, 60_000));
            Blobs.until(() -> TUS.file(upload).toFile().length() == 60_000);
        }

        Blobs.until(() -> TUS.file(upload).toFile().length() == 0);
        assertThat(TUS.offset(upload)).isZero();
    }

    @Test
    void a_broken_creation_leaves_no_upload_that_nobody_knows() throws Exception {
        byte[] file = Blobs.bytes(100_000, 803);
        Tus device = new Tus(SERVER, SERVER.pair("alice", "creation"));
        int before = TUS.files().size();
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Tus.withBody(device.creation(file.length), file).head());
            http.write(Arrays.copyOf(file, 60_000));
            Blobs.until(() -> TUS.files().size() == before + 1);
        }

        Blobs.until(() -> TUS.files().size() == before && uploadsOf(device).isEmpty());
    }

    @Test
    void a_second_connection_is_told_to_wait_while_the_first_sends() throws Exception {
        byte[] file = Blobs.bytes(100_000, 804);
        String upload = TUS.create(file.length);
        ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
        try (Http first = sendPartOf(upload, file, 60_000)) {
            AtomicInteger sent = new AtomicInteger(60_000);
            Future<?> sending =
                    trickle.scheduleWithFixedDelay(() -> sendNext(first, file, sent), 0, 100, TimeUnit.MILLISECONDS);
            assertThat(TUS.append(upload, 0, file).status()).isEqualTo(423);

            sending.cancel(false);
            trickle.shutdown();
            assertThat(trickle.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            first.write(Arrays.copyOfRange(file, sent.get(), file.length));
            assertThat(first.read().header("Blob-Sha256"))
                    .isEqualTo(Sha256.of(file).hex());
        } finally {
            trickle.shutdownNow();
        }
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    private static void sendNext(Http http, byte[] file, AtomicInteger sent) {
        int next = sent.getAndIncrement();
        try {
            http.write(Arrays.copyOfRange(file, next, next + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_client_that_comes_back_takes_over_from_a_connection_gone_silent() throws Exception {
        byte[] file = Blobs.bytes(100_000, 805);
        String upload = TUS.create(file.length);
        try (Http silent = sendPartOf(upload, file, 60_000)) {
            Blobs.until(() -> TUS.offset(upload) == 60_000);

            Answer last = TUS.append(upload, 60_000, Arrays.copyOfRange(file, 60_000, file.length));

            assertThat(last.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
            assertThat(silent.ends()).isTrue();
        }
    }

    @Test
    void many_connections_at_once_never_corrupt_an_upload() {
        byte[] file = Blobs.bytes(400_000, 806);
        String upload = TUS.create(file.length);
        ExecutorService clients = Executors.newFixedThreadPool(8);

        List<CompletableFuture<Integer>> answers = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> TUS.append(upload, 0, file).status(), clients))
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join))
                .allMatch(status -> List.of(204, 409, 423).contains(status))
                .containsOnlyOnce(204);
        clients.shutdown();
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void a_delete_ends_a_connection_that_still_sends() throws Exception {
        byte[] file = Blobs.bytes(100_000, 807);
        String upload = TUS.create(file.length);
        try (Http first = sendPartOf(upload, file, 60_000)) {
            assertThat(TUS.send(TUS.request("DELETE", upload)).status()).isEqualTo(204);

            assertThat(first.ends()).isTrue();
        }
        assertThat(TUS.file(upload)).doesNotExist();
        assertThat(TUS.head(upload).status()).isEqualTo(404);
    }

    @Test
    void an_upload_goes_on_after_a_restart_and_bytes_behind_the_acknowledged_ones_do_not_count() throws Exception {
        byte[] file = Blobs.bytes(1_000_000, 808);
        String upload = TUS.create(file.length);
        TUS.append(upload, 0, Arrays.copyOf(file, 400_000));
        Files.write(TUS.file(upload), new byte[1000], StandardOpenOption.APPEND);

        SERVER.restart();

        assertThat(TUS.offset(upload)).isEqualTo(400_000);
        assertThat(TUS.append(upload, 400_000, Arrays.copyOfRange(file, 400_000, file.length))
                        .header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void a_restart_finishes_what_a_crash_left_sealed_wherever_its_file_is() throws Exception {
        for (boolean moved : List.of(false, true)) {
            byte[] file = Blobs.bytes(1000, moved ? 810 : 809);
            String upload = TUS.create(file.length);
            String id = upload.substring(Tus.PATH.length() + 1);
            Files.write(TUS.file(upload), file);
            if (moved) {
                Files.createDirectories(Blobs.file(SERVER, Sha256.of(file)).resolveSibling("."));
                Files.move(TUS.file(upload), Blobs.file(SERVER, Sha256.of(file)));
            }
            SERVER.execute("UPDATE uploads SET stored = length, state = 1, blob = '" + Sha256.of(file)
                    + "' WHERE id = '" + id + "'");

            SERVER.restart();

            assertThat(TUS.head(upload).header("Blob-Sha256"))
                    .isEqualTo(Sha256.of(file).hex());
            assertThat(TUS.download(file)).isEqualTo(file);
        }
    }

    @Test
    void a_restart_removes_files_that_no_upload_owns_and_keeps_the_others() throws Exception {
        String upload = TUS.create(1000);
        TUS.append(upload, 0, new byte[10]);
        Files.write(SERVER.data().resolve("tmp").resolve("part-" + "0".repeat(32)), new byte[10]);

        SERVER.restart();

        assertThat(TUS.files()).contains(TUS.file(upload));
        assertThat(SERVER.data().resolve("tmp").resolve("part-" + "0".repeat(32)))
                .doesNotExist();
    }

    @Test
    void an_upload_whose_file_is_lost_is_gone() throws Exception {
        String upload = TUS.create(1000);
        TUS.append(upload, 0, new byte[10]);
        Files.delete(TUS.file(upload));

        assertThat(TUS.append(upload, 10, new byte[10]).status()).isEqualTo(404);
        assertThat(TUS.head(upload).status()).isEqualTo(404);
    }

    @Test
    void an_upload_whose_file_no_backup_holds_is_gone_after_the_start() throws Exception {
        String upload = TUS.create(1000);
        String untouched = TUS.create(1000);
        TUS.append(upload, 0, new byte[10]);
        Files.delete(TUS.file(upload));

        SERVER.restart();

        assertThat(TUS.head(upload).status()).isEqualTo(404);
        assertThat(TUS.offset(untouched)).isZero();
    }

    @Test
    void a_slow_part_is_kept_while_it_comes() throws Exception {
        byte[] file = Blobs.bytes(400_000, 811);
        String upload = TUS.create(file.length);
        try (Http slow = sendPartOf(upload, file, 100_000)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            int sent = 100_000;
            while (stored(upload) == 0 && System.nanoTime() < end) {
                slow.write(Arrays.copyOfRange(file, sent, ++sent));
            }
            assertThat(stored(upload)).isBetween(100_000L, (long) sent);
        }
    }

    /** Sends the beginning of an upload, and waits until it is in the file. */
    private static Http sendPartOf(String upload, byte[] file, int bytes) {
        Http http = TUS.begin(upload, 0, file, bytes);
        Blobs.until(() -> TUS.file(upload).toFile().length() >= bytes);
        return http;
    }

    private static long stored(String upload) {
        return Long.parseLong(
                SERVER.rows("SELECT stored FROM uploads WHERE id = '" + upload.substring(Tus.PATH.length() + 1) + "'")
                        .get(0));
    }

    private static List<String> uploadsOf(Tus tus) {
        return SERVER.rows(
                "SELECT id FROM uploads WHERE device_id = '" + tus.device().id() + "'");
    }
}
