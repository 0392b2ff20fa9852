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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a download answers: headers, ranges, conditions. */
class DownloadTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withUser("bob");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");
    private static final byte[] FILE = Blobs.bytes(100_000, 51);
    private static final Sha256 SHA256 = Sha256.of(FILE);
    private static final String TAG = '"' + SHA256.hex() + '"';

    static {
        Blobs.stored(SERVER, DEVICE, FILE);
    }

    @Test
    void a_download_names_its_type_its_length_its_tag_and_takes_ranges() {
        Answer answer = SERVER.send(download().with("Accept-Encoding", "gzip"));

        assertThat(answer.status()).isEqualTo(200);
        assertWhole(answer);
        assertThat(answer.wire()).isEqualTo(FILE);
    }

    @Test
    void head_gives_the_same_headers_and_no_body() {
        Request head = Request.of("HEAD", Blobs.PATH + "/" + SHA256).bearer(DEVICE.token());

        for (Request request : new Request[] {head, head.with("Range", "bytes=0-0")}) {
            Answer answer = SERVER.send(request);
            assertThat(answer.status()).isEqualTo(200);
            assertWhole(answer);
        }
    }

    private static void assertWhole(Answer answer) {
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("Content-Length")).isEqualTo("100000");
        assertThat(answer.header("Content-Disposition")).isEqualTo("attachment; filename=" + TAG);
        assertThat(answer.header("ETag")).isEqualTo(TAG);
        assertThat(answer.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(answer.header("Content-Encoding")).isEmpty();
        assertThat(answer.header("Content-Range")).isEmpty();
    }

    @Test
    void an_empty_blob_comes_back_empty() {
        Blobs.stored(SERVER, DEVICE, new byte[0]);

        Answer answer = SERVER.send(Blobs.get(DEVICE, Sha256.of(new byte[0])));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-0, 0, 1", "bytes=99999-, 99999, 1", "bytes=-10, 99990, 10", "bytes=50-149, 50, 100"})
    void one_range_is_answered_with_206(String range, int from, int length) {
        Answer answer = SERVER.send(download().with("Range", range));

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes %d-%d/100000".formatted(from, from + length - 1));
        assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(length));
        assertThat(answer.header("ETag")).isEqualTo(TAG);
        assertThat(answer.wire()).isEqualTo(Arrays.copyOfRange(FILE, from, from + length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100000-", "bytes=-0", "bytes=200000-300000"})
    void a_range_out_of_reach_is_416_and_names_the_size(String range) {
        Answer answer = SERVER.send(download().with("Range", range));

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.code()).isEqualTo("range_not_satisfiable");
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */100000");
        assertThat(answer.header("Content-Disposition")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-0,5-6", "bytes=5-1", "lines=0-1", "bytes=x"})
    void several_ranges_and_malformed_ones_are_ignored(String range) {
        Answer answer = SERVER.send(download().with("Range", range));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.wire()).isEqualTo(FILE);
    }

    @Test
    void if_none_match_answers_304_to_who_has_it_weakly_compared() {
        for (String tags : new String[] {TAG, "W/" + TAG, "*", "\"x\", " + TAG}) {
            Answer answer = SERVER.send(download().with("If-None-Match", tags).with("Range", "bytes=0-0"));
            assertThat(answer.status()).isEqualTo(304);
            assertThat(answer.header("ETag")).isEqualTo(TAG);
        }
        assertThat(SERVER.send(download().with("If-None-Match", "\"x\"")).status())
                .isEqualTo(200);
    }

    @Test
    void if_match_answers_412_to_who_wants_another_strongly_compared() {
        assertThat(SERVER.send(download().with("If-Match", TAG)).status()).isEqualTo(200);
        assertThat(SERVER.send(download().with("If-Match", "*")).status()).isEqualTo(200);
        assertThat(SERVER.send(download().with("If-Match", "W/" + TAG)).code()).isEqualTo("precondition_failed");
        assertThat(SERVER.send(download().with("If-Match", "\"x\"").with("If-None-Match", TAG))
                        .status())
                .isEqualTo(412);
    }

    @Test
    void if_range_gives_the_part_only_for_the_very_tag() {
        Request part = download().with("Range", "bytes=0-9");

        assertThat(SERVER.send(part.with("If-Range", TAG)).status()).isEqualTo(206);
        for (String other : new String[] {"W/" + TAG, "\"x\"", "Wed, 21 Oct 2015 07:28:00 GMT"}) {
            assertThat(SERVER.send(part.with("If-Range", other)).status()).isEqualTo(200);
        }
    }

    @Test
    void a_connection_serves_one_download_after_the_other() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            for (int i = 0; i < 20; i++) {
                assertThat(http.send(download()).wire()).isEqualTo(FILE);
            }
        }
        Blobs.until(() -> openFiles() == 0);
    }

    @Test
    @OneEngine("counts open files; S3FaultsTest breaks downloads from a bucket off")
    void a_download_that_breaks_off_leaves_no_file_open() throws Exception {
        byte[] large = Blobs.bytes(20_000_000, 52);
        Blobs.stored(SERVER, DEVICE, large);
        for (int i = 0; i < 20; i++) {
            try (Http http = Http.connect(SERVER.port())) {
                http.write(Blobs.get(DEVICE, Sha256.of(large)).head());
                if (i % 2 == 0) {
                    Blobs.until(() -> openFiles() > 0);
                }
            }
        }

        Blobs.until(() -> openFiles() == 0);
    }

    @Test
    void s30_a_blob_of_another_vault_or_user_is_not_found_like_one_that_nobody_has() {
        Desktop sameUser = SERVER.pair("alice", "other");
        Desktop otherUser = SERVER.pair("bob", "main");
        Sha256 nobodys = Sha256.of(new byte[] {9, 9});

        Answer missing = SERVER.send(Blobs.get(DEVICE, nobodys));

        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.code()).isEqualTo("blob_not_found");
        for (Desktop device : new Desktop[] {sameUser, otherUser}) {
            Answer foreign = SERVER.send(Blobs.get(device, SHA256));
            assertThat(foreign.status()).isEqualTo(404);
            assertThat(foreign.text()).isEqualTo(missing.text());
        }
        assertThat(SERVER.send(Request.get(Blobs.PATH + "/" + SHA256)).status()).isEqualTo(401);
    }

    @Test
    void other_methods_are_not_allowed_and_the_answer_names_those_that_are() {
        Answer answer =
                SERVER.send(Request.of("DELETE", Blobs.PATH + "/" + SHA256).bearer(DEVICE.token()));

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, PUT");
    }

    private static Request download() {
        return Blobs.get(DEVICE, SHA256);
    }

    /** Files below blobs/ that this process holds open. */
    private static long openFiles() {
        String blobs = SERVER.data().resolve("blobs").toString();
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(file -> target(file).startsWith(blobs)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
