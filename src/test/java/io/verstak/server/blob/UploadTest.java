package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upload answers, and what it leaves on disk. */
class UploadTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_383, 16_384, 65_536, 1_000_000, 5_000_000})
    void an_upload_answers_its_hash_and_its_size_and_comes_back_as_it_was(int size) {
        byte[] file = Blobs.bytes(size, size);

        Answer answer = Blobs.stored(SERVER, DEVICE, file);

        assertThat(answer.json().size()).isEqualTo(2);
        assertThat(answer.json().required("sha256").textValue())
                .isEqualTo(Sha256.of(file).hex());
        assertThat(answer.json().required("size").longValue()).isEqualTo(size);
        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).wire()).isEqualTo(file);
    }

    @Test
    void a_path_with_a_last_slash_and_chunks_without_a_length_are_taken() {
        byte[] file = Blobs.bytes(100_000, 21);
        Request upload = Blobs.upload(DEVICE, file);
        Request slash = new Request("POST", Blobs.PATH + "/", upload.fields(), upload.body(), true);

        assertThat(SERVER.send(slash).json().required("sha256").textValue())
                .isEqualTo(Sha256.of(file).hex());
    }

    @Test
    void a_client_that_asks_first_is_told_to_continue() throws Exception {
        byte[] file = Blobs.bytes(1000, 22);
        Request upload = Blobs.upload(DEVICE, file).with("Expect", "100-continue");
        try (Http http = Http.connect(SERVER.port())) {
            http.write(upload.head());

            assertThat(http.read().status()).isEqualTo(100);
            http.write(upload.body());
            assertThat(http.read().status()).isEqualTo(200);
        }
    }

    @Test
    void a_client_that_asks_first_is_refused_before_it_sends() throws Exception {
        Request upload = new Request("POST", Blobs.PATH, List.of("Expect: 100-continue"), new byte[100], false);
        try (Http http = Http.connect(SERVER.port())) {
            http.write(upload.head());

            assertThat(http.read().status()).isEqualTo(401);
        }
    }

    @Test
    void the_same_bytes_again_are_fine_and_counted_once() {
        Desktop device = SERVER.pair("alice", "twice");
        byte[] file = Blobs.bytes(10_000, 23);
        Blobs.stored(SERVER, device, file);

        Blobs.stored(SERVER, device, file);

        assertThat(usage("twice")).isEqualTo("10000");
        assertThat(SERVER.blobs().has(Sha256.of(file))).isTrue();
    }

    @Test
    void the_same_bytes_at_once_and_from_several_vaults_are_stored_once() {
        byte[] file = Blobs.bytes(2_000_000, 24);
        List<Desktop> devices = List.of(SERVER.pair("alice", "one"), SERVER.pair("alice", "two"));
        ExecutorService clients = Executors.newFixedThreadPool(8);

        List<CompletableFuture<Integer>> answers = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> SERVER.send(Blobs.upload(devices.get(i % 2), file))
                                .status(),
                        clients))
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join)).containsOnly(200);
        clients.shutdown();
        assertThat(usage("one")).isEqualTo("2000000");
        assertThat(usage("two")).isEqualTo("2000000");
        assertThat(SERVER.send(Blobs.get(devices.get(1), Sha256.of(file))).wire())
                .isEqualTo(file);
        assertThat(Blobs.uploads(SERVER)).isEmpty();
    }

    @Test
    @OneEngine("a bucket has no permissions of files")
    void s44_files_are_0600_in_folders_of_0700_also_while_they_come() throws Exception {
        byte[] file = Blobs.bytes(300_000, 25);
        Request upload = Blobs.upload(DEVICE, file);
        try (Http http = Http.connect(SERVER.port())) {
            http.write(upload.head());
            http.write(Arrays.copyOf(upload.body(), 200_000));
            Blobs.until(() -> Blobs.uploads(SERVER).size() == 1);
            assertThat(permissions(Blobs.uploads(SERVER).get(0))).isEqualTo("rw-------");
        }
        Blobs.until(() -> Blobs.uploads(SERVER).isEmpty());

        Blobs.stored(SERVER, DEVICE, file);

        assertThat(permissions(Blobs.file(SERVER, Sha256.of(file)))).isEqualTo("rw-------");
        try (Stream<Path> all = Files.walk(SERVER.data().resolve("blobs"))) {
            for (Path folder : all.filter(Files::isDirectory).toList()) {
                assertThat(permissions(folder)).isEqualTo("rwx------");
            }
        }
    }

    @Test
    void an_upload_that_breaks_off_leaves_no_file_and_no_row() throws Exception {
        byte[] file = Blobs.bytes(1_000_000, 26);
        Request upload = Blobs.upload(DEVICE, file);
        try (Http http = Http.connect(SERVER.port())) {
            http.write(upload.head());
            http.write(Arrays.copyOf(upload.body(), 900_000));
            Blobs.until(() -> Blobs.uploads(SERVER).size() == 1);
        }

        Blobs.until(() -> Blobs.uploads(SERVER).isEmpty());

        assertThat(SERVER.blobs().has(Sha256.of(file))).isFalse();
        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).code()).isEqualTo("blob_not_found");
    }

    @Test
    void an_upload_needs_a_token() {
        Request upload = Blobs.upload(DEVICE, new byte[10]);

        assertThat(SERVER.send(new Request(
                                "POST", Blobs.PATH, List.of(upload.fields().get(0)), upload.body(), false))
                        .code())
                .isEqualTo("unauthorized");
    }

    @Test
    void s31_a_file_name_reaches_neither_disk_nor_log() {
        String body =
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../../evil-name.sh\"\r\n\r\nx"
                        + Blobs.END;

        assertThat(SERVER.send(Blobs.raw(DEVICE, body)).status()).isEqualTo(200);

        assertThat(LOG.lines()).noneMatch(line -> line.contains("evil-name"));
        assertThat(SERVER.blobs().hashes()).allMatch(name -> name.matches("[0-9a-f]{64}"));
        assertThat(Blobs.uploads(SERVER)).isEmpty();
    }

    private static String usage(String vault) {
        return SERVER.rows("SELECT u.bytes FROM blob_usage u JOIN scopes s ON s.id = u.scope_id WHERE s.vault_id = '"
                        + vault + "'")
                .get(0);
    }

    private static String permissions(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
