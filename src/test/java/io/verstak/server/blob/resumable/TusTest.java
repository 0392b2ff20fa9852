package io.verstak.server.blob.resumable;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sentences of tus 1.0.0, and what a finished upload is worth. */
class TusTest {
    private static final int MAX_BLOB = 3_000_000;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("limits.maxBlobBytes", Integer.toString(MAX_BLOB)))
            .withUser("alice");

    private static final Tus TUS = new Tus(SERVER, SERVER.pair("alice", "main"));

    @Test
    void anybody_may_ask_for_version_extensions_and_bounds() {
        Answer options = SERVER.send(Request.of("OPTIONS", Tus.PATH + "/"));

        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Tus-Version")).isEqualTo("1.0.0");
        assertThat(options.header("Tus-Extension").split(",", -1))
                .containsExactlyInAnyOrder("creation", "creation-with-upload", "expiration", "termination", "checksum");
        assertThat(options.header("Tus-Max-Size")).isEqualTo(Integer.toString(MAX_BLOB));
        assertThat(options.header("Tus-Checksum-Algorithm")).contains("sha256");
    }

    @Test
    void an_upload_in_parts_becomes_a_blob_of_the_scope() {
        byte[] file = Blobs.bytes(1_000_000, 700);
        Answer created = TUS.send(TUS.creation(file.length).with("Upload-Metadata", "filename bm90ZQ==,mark"));
        String upload = Tus.location(created);
        assertThat(created.header("Upload-Offset")).isEqualTo("0");

        Answer first = TUS.append(upload, 0, Arrays.copyOf(file, 300_000));
        assertThat(first.status()).isEqualTo(204);
        assertThat(first.header("Upload-Offset")).isEqualTo("300000");
        assertThat(first.header("Blob-Sha256")).isEmpty();
        Answer head = TUS.head(upload);
        assertThat(head.header("Upload-Offset")).isEqualTo("300000");
        assertThat(head.header("Upload-Length")).isEqualTo("1000000");
        assertThat(head.header("Upload-Metadata")).isEqualTo("filename bm90ZQ==,mark");
        assertThat(head.header("Cache-Control")).isEqualTo("no-store");
        Answer last = TUS.send(TUS.part(upload, 300_000, Arrays.copyOfRange(file, 300_000, file.length))
                .inChunks());

        assertThat(last.header("Upload-Offset")).isEqualTo("1000000");
        assertThat(last.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.download(file)).isEqualTo(file);
        assertThat(TUS.file(upload)).doesNotExist();
    }

    @Test
    void every_answer_speaks_of_the_version_and_of_the_expiry_while_there_is_one() {
        Answer created = TUS.send(TUS.creation(10));
        Answer part = TUS.append(Tus.location(created), 0, new byte[5]);
        Answer refused = TUS.append(Tus.location(created), 0, new byte[5]);

        for (Answer answer : List.of(created, part, refused, TUS.head(Tus.PATH + "/unknown"))) {
            assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
        }
        Instant expires = ZonedDateTime.parse(part.header("Upload-Expires"), DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant();
        assertThat(expires)
                .isBetween(Instant.now().plusSeconds(86_000), Instant.now().plusSeconds(86_500));
    }

    @Test
    void a_finished_upload_tells_offset_and_blob_again_and_takes_nothing_more() {
        byte[] file = Blobs.bytes(1000, 701);
        String upload = TUS.create(file.length);
        TUS.append(upload, 0, file);

        for (Answer again : List.of(TUS.head(upload), TUS.append(upload, 1000, new byte[0]))) {
            assertThat(again.header("Upload-Offset")).isEqualTo("1000");
            assertThat(again.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
        }
        assertThat(TUS.append(upload, 1000, new byte[1]).status()).isEqualTo(413);
        assertThat(TUS.append(upload, 0, file).status()).isEqualTo(409);
    }

    @Test
    void the_first_part_may_come_with_the_creation() {
        byte[] file = Blobs.bytes(2000, 702);

        Answer part = TUS.send(Tus.withBody(TUS.creation(2000), Arrays.copyOf(file, 1500)));
        Answer whole = TUS.send(Tus.withBody(TUS.creation(2000), file));

        assertThat(part.header("Upload-Offset")).isEqualTo("1500");
        assertThat(TUS.offset(Tus.location(part))).isEqualTo(1500);
        assertThat(whole.status()).isEqualTo(201);
        assertThat(whole.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
    }

    @Test
    void an_empty_blob_is_finished_by_its_creation() {
        Answer created = TUS.send(TUS.creation(0));

        assertThat(created.header("Blob-Sha256"))
                .isEqualTo(Sha256.of(new byte[0]).hex());
        assertThat(TUS.offset(Tus.location(created))).isZero();
    }

    @Test
    void what_the_scope_has_is_finished_by_its_creation() {
        byte[] file = Blobs.bytes(3000, 703);
        Blobs.stored(SERVER, TUS.device(), file);

        Answer created = TUS.send(Tus.announcing(TUS.creation(3000), Sha256.of(file)));

        assertThat(created.header("Upload-Offset")).isEqualTo("3000");
        assertThat(created.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.head(Tus.location(created)).header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.send(Tus.announcing(TUS.creation(2999), Sha256.of(file))).code())
                .isEqualTo("hash_mismatch");
    }

    @Test
    void a_client_that_sends_what_is_known_all_the_same_is_listened_to() {
        byte[] file = Blobs.bytes(3000, 704);
        Blobs.stored(SERVER, TUS.device(), file);
        String upload = Tus.location(TUS.send(Tus.announcing(TUS.creation(3000), Sha256.of(file))));
        String other = Tus.location(TUS.send(Tus.announcing(TUS.creation(3000), Sha256.of(file))));

        assertThat(TUS.append(upload, 0, Arrays.copyOf(file, 1000)).header("Upload-Offset"))
                .isEqualTo("1000");
        assertThat(TUS.append(upload, 1000, Arrays.copyOfRange(file, 1000, 3000))
                        .header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.append(other, 0, new byte[3000]).code()).isEqualTo("hash_mismatch");
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void other_bytes_than_announced_are_refused_and_gone() {
        byte[] file = Blobs.bytes(3000, 705);
        String upload = Tus.location(TUS.send(Tus.announcing(TUS.creation(3000), Sha256.of(file))));

        Answer refused = TUS.append(upload, 0, new byte[3000]);

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("hash_mismatch");
        assertThat(TUS.head(upload).status()).isEqualTo(404);
        assertThat(SERVER.blobs().has(Sha256.of(new byte[3000]))).isFalse();
        assertThat(TUS.file(upload)).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"sha256,SHA-256", "sha1,SHA-1"})
    void a_part_counts_only_when_it_has_its_checksum(String name, String algorithm) throws Exception {
        byte[] file = Blobs.bytes(2000, 706);
        byte[] digest = java.security.MessageDigest.getInstance(algorithm).digest(Arrays.copyOf(file, 1000));
        String checksum = name + " " + java.util.Base64.getEncoder().encodeToString(digest);
        String upload = TUS.create(2000);

        Answer wrong = TUS.send(TUS.part(upload, 0, new byte[1000]).with("Upload-Checksum", checksum));
        assertThat(wrong.status()).isEqualTo(460);
        assertThat(TUS.offset(upload)).isZero();
        Answer right = TUS.send(TUS.part(upload, 0, Arrays.copyOf(file, 1000)).with("Upload-Checksum", checksum));
        assertThat(right.header("Upload-Offset")).isEqualTo("1000");
        Answer last = TUS.append(upload, 1000, Arrays.copyOfRange(file, 1000, 2000));

        assertThat(last.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
    }

    @Test
    void a_post_may_stand_for_another_method() {
        byte[] file = Blobs.bytes(100, 707);
        String upload = TUS.create(100);
        Request part = TUS.part(upload, 0, file);

        Answer appended = TUS.send(
                new Request("POST", upload, part.fields(), file, false).with("X-HTTP-Method-Override", "PATCH"));
        assertThat(appended.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.send(TUS.request("POST", upload).with("X-HTTP-Method-Override", "DELETE"))
                        .status())
                .isEqualTo(204);
        assertThat(TUS.send(TUS.request("POST", upload)).status()).isEqualTo(405);
    }

    @Test
    void a_deleted_upload_is_gone_with_its_bytes_and_what_it_has_become_stays() {
        byte[] file = Blobs.bytes(1000, 708);
        String upload = TUS.create(1000);
        TUS.append(upload, 0, Arrays.copyOf(file, 500));
        String finished = TUS.create(1000);
        TUS.append(finished, 0, file);

        assertThat(TUS.send(TUS.request("DELETE", upload)).status()).isEqualTo(204);
        assertThat(TUS.send(TUS.request("DELETE", finished)).status()).isEqualTo(204);

        for (String gone : List.of(upload, finished)) {
            assertThat(TUS.head(gone).status()).isEqualTo(404);
            assertThat(TUS.append(gone, 500, new byte[1]).status()).isEqualTo(404);
            assertThat(TUS.send(TUS.request("DELETE", gone)).status()).isEqualTo(404);
            assertThat(TUS.file(gone)).doesNotExist();
        }
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void a_finished_upload_counts_once() {
        Tus counted = new Tus(SERVER, SERVER.pair("alice", "counted"));
        byte[] file = Blobs.bytes(1000, 710);
        for (int i = 0; i < 2; i++) {
            counted.append(counted.create(1000), 0, file);
        }

        assertThat(
                        SERVER.rows(
                                "SELECT u.bytes FROM blob_usage u JOIN scopes s ON s.id = u.scope_id WHERE s.vault_id = 'counted'"))
                .containsExactly("1000");
    }
}
