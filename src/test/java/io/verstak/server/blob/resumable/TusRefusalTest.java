package io.verstak.server.blob.resumable;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What uploads in parts refuse, and whom. */
class TusRefusalTest {
    private static final int MAX_BLOB = 3_000_000;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("limits.maxBlobBytes", Integer.toString(MAX_BLOB)))
            .withUser("alice");

    private static final Tus TUS = new Tus(SERVER, SERVER.pair("alice", "main"));

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "PATCH", "DELETE"})
    void another_version_or_none_is_refused_with_the_one_that_is_spoken(String method) {
        Request request =
                Request.of(method, Tus.PATH + "/0123").bearer(TUS.device().token());
        for (Request asked : List.of(request, request.with("Tus-Resumable", "0.2.2"))) {
            Answer refused = SERVER.send(asked);
            assertThat(refused.status()).isEqualTo(412);
            assertThat(refused.header("Tus-Version")).isEqualTo("1.0.0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5 AAAA", "sha256", "sha256 ???", ""})
    void a_checksum_that_cannot_be_checked_is_refused(String checksum) {
        String upload = TUS.create(10);

        assertThat(TUS.send(TUS.part(upload, 0, new byte[10]).with("Upload-Checksum", checksum))
                        .status())
                .isIn(400, 460);
        assertThat(TUS.offset(upload)).isZero();
    }

    @Test
    void the_offset_must_be_the_uploads_and_the_type_a_parts() {
        String upload = TUS.create(10);

        assertThat(TUS.append(upload, 1, new byte[1]).status()).isEqualTo(409);
        Request part = TUS.part(upload, 0, new byte[1]);
        assertThat(SERVER.send(new Request(
                                "PATCH",
                                upload,
                                part.fields().stream()
                                        .map(field -> field.replace(Tus.PART, "application/octet-stream"))
                                        .toList(),
                                part.body(),
                                false))
                        .status())
                .isEqualTo(415);
        assertThat(TUS.send(Tus.withBody(TUS.request("PATCH", upload), new byte[1]))
                        .status())
                .isEqualTo(400);
        assertThat(TUS.append(upload, 0, new byte[11]).status()).isEqualTo(413);
        assertThat(TUS.offset(upload)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "", "1e3", "99999999999999999999", "+5"})
    void a_length_that_is_no_number_is_refused(String length) {
        assertThat(TUS.send(TUS.request("POST", Tus.PATH).with("Upload-Length", length))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void what_is_not_offered_is_refused() {
        assertThat(TUS.send(TUS.request("POST", Tus.PATH)).status()).isEqualTo(400);
        assertThat(TUS.send(TUS.request("POST", Tus.PATH).with("Upload-Defer-Length", "1"))
                        .status())
                .isEqualTo(400);
        assertThat(TUS.send(TUS.creation(10).with("Upload-Concat", "partial")).status())
                .isEqualTo(400);
        assertThat(TUS.send(TUS.creation(MAX_BLOB + 1L)).code()).isEqualTo("blob_too_large");
        assertThat(TUS.send(TUS.request("PUT", TUS.create(10))).status()).isEqualTo(405);
        assertThat(TUS.send(TUS.request("GET", Tus.PATH)).header("Allow")).contains("POST");
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "sha256 YWJj | invalid_blob_hash",
                "sha256 | invalid_blob_hash",
                "a ?? | invalid_request",
                "a,a | invalid_request",
                "a YQ==,, | invalid_request",
            },
            delimiter = '|')
    void metadata_that_cannot_be_read_is_refused(String metadata, String code) {
        assertThat(TUS.send(TUS.creation(10).with("Upload-Metadata", metadata)).code())
                .isEqualTo(code);
    }

    @Test
    void s30_another_scopes_upload_is_not_found() {
        String upload = TUS.create(10);
        Tus other = new Tus(SERVER, SERVER.pair("alice", "other"));

        String unknown = Tus.PATH + "/" + "0".repeat(32);
        for (String path : List.of(upload, unknown)) {
            assertThat(other.head(path).status()).isEqualTo(404);
            assertThat(other.append(path, 0, new byte[10]).code()).isEqualTo("not_found");
            assertThat(other.send(other.request("DELETE", path)).code()).isEqualTo("not_found");
        }
        assertThat(TUS.offset(upload)).isZero();
        assertThat(new Tus(SERVER, SERVER.pair("alice", "main")).offset(upload)).isZero();
    }

    @Test
    void s30_announcing_what_another_scope_has_opens_nothing() {
        byte[] file = Blobs.bytes(3000, 709);
        Blobs.stored(SERVER, TUS.device(), file);
        Tus other = new Tus(SERVER, SERVER.pair("alice", "thief"));

        Answer created = other.send(Tus.announcing(other.creation(3000), Sha256.of(file)));

        assertThat(created.header("Upload-Offset")).isEqualTo("0");
        assertThat(SERVER.send(Blobs.get(other.device(), Sha256.of(file))).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..%2f..%2fserver.db", "%00", "a%2e%2e", "%F0%9F%98%80"})
    void s31_no_name_of_a_client_reaches_the_disk(String name) {
        assertThat(TUS.head(Tus.PATH + "/" + name).status()).isIn(400, 404);
        TUS.create(10);
        String upload = Tus.location(
                TUS.send(TUS.creation(10).with("Upload-Metadata", "filename " + Tus.base64("../../evil"))));
        TUS.append(upload, 0, new byte[5]);

        assertThat(TUS.files())
                .allMatch(file -> String.valueOf(file.getFileName()).matches("part-[0-9a-f]{32}"));
        assertThat(LOG.lines()).noneMatch(line -> line.contains("evil"));
        TUS.send(TUS.request("DELETE", upload));
    }

    @Test
    void all_calls_need_a_token() {
        for (String method : List.of("POST", "HEAD", "PATCH", "DELETE")) {
            assertThat(SERVER.send(Request.of(method, Tus.PATH + "/0").with("Tus-Resumable", "1.0.0"))
                            .status())
                    .isEqualTo(401);
        }
    }
}
