package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs as raw bytes under their hash. */
class PutTest {
    private static final int MAX_BLOB = 3_000_000;
    private static final int MAX_VAULT = 9_000_000;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of(
                    "limits.maxBlobBytes", Integer.toString(MAX_BLOB),
                    "limits.maxVaultBlobBytes", Integer.toString(MAX_VAULT)))
            .withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_384, 1_000_000})
    void a_new_blob_is_201_and_again_200_and_comes_back_as_it_was(int size) {
        byte[] file = Blobs.bytes(size, 500 + size);

        Answer first = SERVER.send(put(file));
        Answer second = SERVER.send(put(file));

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(200);
        assertThat(first.json()).isEqualTo(second.json());
        assertThat(first.json().required("sha256").textValue())
                .isEqualTo(Sha256.of(file).hex());
        assertThat(first.json().required("size").longValue()).isEqualTo(size);
        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).wire()).isEqualTo(file);
    }

    @Test
    void chunks_without_a_length_are_taken() {
        byte[] file = Blobs.bytes(100_000, 501);

        assertThat(SERVER.send(put(file).inChunks()).status()).isEqualTo(201);
        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).wire()).isEqualTo(file);
    }

    @Test
    void other_bytes_are_refused_and_leave_nothing_whether_the_hash_is_known_or_not() {
        byte[] known = Blobs.bytes(1000, 502);
        Blobs.stored(SERVER, DEVICE, known);
        byte[] other = Blobs.bytes(1000, 503);

        for (Sha256 name : List.of(Sha256.of(known), Sha256.of(new byte[] {7}))) {
            Answer refused = SERVER.send(put(DEVICE, name.hex(), other));
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.code()).isEqualTo("hash_mismatch");
        }

        assertThat(Blobs.uploads(SERVER)).isEmpty();
        assertThat(SERVER.blobs().has(Sha256.of(other))).isFalse();
        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(known))).wire()).isEqualTo(known);
    }

    @Test
    void s31_only_64_lower_case_hex_digits_are_a_name() {
        String hex = Sha256.of(new byte[1]).hex();
        for (String name : List.of(
                hex.toUpperCase(java.util.Locale.ROOT),
                hex + "0",
                hex.substring(1),
                "..",
                "%2e%2e%2f" + hex,
                "missing",
                hex.substring(2) + "%00")) {
            Answer refused = SERVER.send(put(DEVICE, name, new byte[1]));
            assertThat(refused.status()).as(name).isEqualTo(400);
        }
        assertThat(Blobs.uploads(SERVER)).isEmpty();
    }

    @Test
    void s33_a_length_over_the_limit_is_refused_before_a_byte_comes() throws Exception {
        Request tooLong = put(new byte[MAX_BLOB + 1]).with("Expect", "100-continue");
        try (Http http = Http.connect(SERVER.port())) {
            http.write(tooLong.head());

            assertRefused(http.read(), "blob_too_large");
        }
    }

    @Test
    void s33_the_limits_hold_while_chunks_come() {
        assertRefused(SERVER.send(put(Blobs.bytes(MAX_BLOB + 1, 504)).inChunks()), "blob_too_large");

        Desktop small = SERVER.pair("alice", "small");
        for (int i = 0; i < MAX_VAULT / MAX_BLOB; i++) {
            byte[] file = Blobs.bytes(MAX_BLOB, 510 + i);
            assertThat(SERVER.send(put(small, Sha256.of(file).hex(), file)).status())
                    .isEqualTo(201);
        }
        byte[] more = Blobs.bytes(1000, 505);
        assertRefused(SERVER.send(put(small, Sha256.of(more).hex(), more)), "quota_exceeded");
        assertThat(Blobs.uploads(SERVER)).isEmpty();
    }

    @Test
    void a_put_that_breaks_off_leaves_nothing() throws Exception {
        byte[] file = Blobs.bytes(1_000_000, 506);
        Request put = put(file);
        try (Http http = Http.connect(SERVER.port())) {
            http.write(put.head());
            http.write(Arrays.copyOf(file, 900_000));
            Blobs.until(() -> Blobs.uploads(SERVER).size() == 1);
        }

        Blobs.until(() -> Blobs.uploads(SERVER).isEmpty());

        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).code()).isEqualTo("blob_not_found");
        assertThat(SERVER.send(put).status()).isEqualTo(201);
    }

    @Test
    void a_damaged_file_is_mended_also_for_a_scope_that_has_it() {
        byte[] file = Blobs.bytes(1000, 507);
        Blobs.stored(SERVER, DEVICE, file);
        byte[] damaged = file.clone();
        damaged[1] ^= 1;
        SERVER.blobs().replace(Sha256.of(file), damaged);

        assertThat(SERVER.send(put(file)).status()).isEqualTo(200);

        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).wire()).isEqualTo(file);
    }

    @Test
    void s30_what_another_vault_has_put_is_not_found_and_can_be_put_again() {
        byte[] file = Blobs.bytes(1000, 508);
        assertThat(SERVER.send(put(file)).status()).isEqualTo(201);
        Desktop other = SERVER.pair("alice", "other");

        assertThat(SERVER.send(Blobs.get(other, Sha256.of(file))).code()).isEqualTo("blob_not_found");
        assertThat(SERVER.send(put(other, Sha256.of(file).hex(), file)).status())
                .isEqualTo(201);
    }

    @Test
    void a_put_needs_a_token_and_takes_no_compressed_body() {
        byte[] file = Blobs.bytes(10, 509);
        Request put = put(file);

        assertThat(SERVER.send(new Request("PUT", put.path(), List.of(), file, false))
                        .status())
                .isEqualTo(401);
        assertThat(SERVER.send(put.with("Content-Encoding", "gzip")).status()).isEqualTo(415);
    }

    private static Request put(byte[] file) {
        return put(DEVICE, Sha256.of(file).hex(), file);
    }

    private static Request put(Desktop device, String name, byte[] file) {
        return new Request("PUT", Blobs.PATH + "/" + name, List.of(), file, false).bearer(device.token());
    }

    private static void assertRefused(Answer answer, String code) {
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo(code);
    }
}
