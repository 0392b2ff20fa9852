package io.verstak.server.blob.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only a hash becomes a path, and only folders of ours lead to a file. */
class BlobPathTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%2e%2e",
                "..",
                ".",
                "%2e",
                "..%2f..%2fserver.db",
                "%2e%2e%2f%2e%2e%2fserver.db",
                "%2fetc%2fpasswd",
                "..%5cserver.db",
                "%00",
                "0",
                "0000000000000000000000000000000000000000000000000000000000000000%00",
                "000000000000000000000000000000000000000000000000000000000000000",
                "00000000000000000000000000000000000000000000000000000000000000000",
                "000000000000000000000000000000000000000000000000000000000000000g",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "%EF%BC%90000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000000%20"
            })
    void s31_anything_but_64_lower_case_hex_digits_is_no_hash(String name) {
        for (String method : new String[] {"GET", "HEAD"}) {
            Answer answer =
                    SERVER.send(Request.of(method, Blobs.PATH + "/" + name).bearer(DEVICE.token()));

            assertThat(answer.status()).isEqualTo(400);
            if (method.equals("GET")) {
                assertThat(answer.code()).isEqualTo("invalid_blob_hash");
            }
        }
    }

    @Test
    void s31_a_path_that_leaves_the_blobs_leads_to_no_file() {
        for (String path : new String[] {"/../server.db", "/%2e%2e/%2e%2e/server.db", "/a/../../server.db"}) {
            Answer answer = SERVER.send(Request.get(Blobs.PATH + path).bearer(DEVICE.token()));

            assertThat(answer.status()).isBetween(400, 404);
        }
    }

    @Test
    void s31_the_hash_of_a_stored_blob_in_upper_case_is_refused() {
        byte[] file = Blobs.bytes(10, 61);
        Blobs.stored(SERVER, DEVICE, file);
        String upper = Sha256.of(file).hex().toUpperCase(Locale.ROOT);

        assertThat(SERVER.send(Request.get(Blobs.PATH + "/" + upper).bearer(DEVICE.token()))
                        .code())
                .isEqualTo("invalid_blob_hash");
    }

    @Test
    @OneEngine("a bucket has no links")
    void s31_a_symbolic_link_in_place_of_a_file_is_not_followed_and_the_next_upload_replaces_it() throws Exception {
        LOG.expectError("damaged or missing");
        byte[] file = Blobs.bytes(1000, 62);
        Blobs.stored(SERVER, DEVICE, file);
        Path stored = Blobs.file(SERVER, Sha256.of(file));
        Path elsewhere = Files.move(stored, SERVER.data().resolve("elsewhere"));
        Files.createSymbolicLink(stored, elsewhere);

        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).code()).isEqualTo("blob_unavailable");
        Blobs.stored(SERVER, DEVICE, file);

        assertThat(stored).isRegularFile();
        assertThat(Files.isSymbolicLink(stored)).isFalse();
        assertThat(elsewhere).hasBinaryContent(file);
        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).wire()).isEqualTo(file);
    }

    @Test
    @OneEngine("a bucket has no links")
    void s31_a_symbolic_link_in_place_of_a_folder_is_not_followed() throws Exception {
        LOG.expectError("damaged or missing");
        LOG.expectError("cannot be written");
        byte[] file = Blobs.bytes(1000, 63);
        Blobs.stored(SERVER, DEVICE, file);
        Path folder =
                SERVER.data().resolve("blobs").resolve(Sha256.of(file).hex().substring(0, 2));
        Path elsewhere = Files.move(folder, SERVER.data().resolve("folder-elsewhere"));
        Files.createSymbolicLink(folder, elsewhere);

        assertThat(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))).code()).isEqualTo("blob_unavailable");
        assertThat(SERVER.send(Blobs.upload(DEVICE, file)).status()).isEqualTo(503);
        assertThat(Blobs.uploads(SERVER)).isEmpty();
    }
}
