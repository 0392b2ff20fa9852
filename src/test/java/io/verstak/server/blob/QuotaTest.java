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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sizes and quotas, which hold while bytes come. */
class QuotaTest {
    private static final int MAX_BLOB = 1_000_000;
    private static final int MAX_VAULT = 1_500_000;
    private static final int MAX_USER = 2_000_000;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of(
            "limits.maxBlobBytes", Integer.toString(MAX_BLOB),
            "limits.maxVaultBlobBytes", Integer.toString(MAX_VAULT),
            "limits.maxUserBlobBytes", Integer.toString(MAX_USER),
            "storage.maxUploads", "3"));

    private final String user;
    private final Desktop device;
    private final List<Http> open = new ArrayList<>();

    /** Each test has a user of its own. */
    QuotaTest(TestInfo test) {
        user = "user" + Integer.toHexString(test.getDisplayName().hashCode());
        SERVER.addUser(user);
        device = SERVER.pair(user, "main");
    }

    @Test
    void s33_a_blob_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
        Blobs.stored(SERVER, device, Blobs.bytes(MAX_BLOB, 31));

        assertRefused(SERVER.send(Blobs.upload(device, Blobs.bytes(MAX_BLOB + 1, 32))), "blob_too_large");
        assertRefused(
                SERVER.send(Blobs.upload(device, Blobs.bytes(MAX_BLOB + 1, 32)).inChunks()), "blob_too_large");
    }

    @Test
    void s33_a_length_that_cannot_fit_is_refused_before_a_byte_comes() throws Exception {
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Blobs.headOf(device, MAX_BLOB + 100_000));

            assertRefused(http.read(), "blob_too_large");
        }
    }

    @Test
    void s33_a_blob_is_refused_when_it_passes_the_limit_and_not_at_its_end() throws Exception {
        Request upload = Blobs.upload(device, Blobs.bytes(2 * MAX_BLOB, 33)).inChunks();
        try (Http http = Http.connect(SERVER.port())) {
            http.write(upload.head());
            http.write("1e0000\r\n".getBytes(StandardCharsets.US_ASCII));
            http.offer(Arrays.copyOf(upload.body(), MAX_BLOB + 100_000));

            assertRefused(http.read(), "blob_too_large");
        }
    }

    @Test
    void s33_a_vault_takes_no_more_than_its_quota() {
        Blobs.stored(SERVER, device, Blobs.bytes(MAX_BLOB, 34));
        byte[] rest = Blobs.bytes(MAX_VAULT - MAX_BLOB, 35);

        assertRefused(SERVER.send(Blobs.upload(device, Arrays.copyOf(rest, rest.length + 1))), "quota_exceeded");
        Blobs.stored(SERVER, device, rest);
        assertRefused(SERVER.send(Blobs.upload(device, new byte[] {1})), "quota_exceeded");
    }

    @Test
    void s33_the_vaults_of_a_user_take_no_more_than_the_users_quota() {
        Desktop other = SERVER.pair(user, "other");
        Blobs.stored(SERVER, device, Blobs.bytes(MAX_BLOB, 36));
        Blobs.stored(SERVER, other, Blobs.bytes(MAX_BLOB - 1000, 37));

        assertRefused(SERVER.send(Blobs.upload(other, Blobs.bytes(1001, 38))), "quota_exceeded");
        Blobs.stored(SERVER, other, Blobs.bytes(1000, 39));
    }

    @Test
    void s33_bytes_in_flight_count_for_the_vault_and_are_given_back() throws Exception {
        startUpload(device, 900_000);
        try (Http second = Http.connect(SERVER.port())) {
            second.write(Blobs.headOf(device, 950_000));
            second.offer(part(800_000));

            assertRefused(second.read(), "quota_exceeded");
        }
        breakOff();

        Request whole = Blobs.upload(device, Blobs.bytes(900_000, 40));
        Blobs.until(() -> SERVER.send(whole).status() == 200);
    }

    @Test
    void s33_bytes_in_flight_count_for_the_user_over_all_vaults() throws Exception {
        startUpload(device, 900_000);
        startUpload(SERVER.pair(user, "second"), 900_000);
        try (Http third = Http.connect(SERVER.port())) {
            third.write(Blobs.headOf(SERVER.pair(user, "third"), 950_000));
            third.offer(part(300_000));

            assertRefused(third.read(), "quota_exceeded");
        }
    }

    @Test
    void a_full_vault_takes_again_what_it_holds_and_nothing_else() {
        byte[] large = Blobs.bytes(MAX_BLOB, 41);
        byte[] small = Blobs.bytes(MAX_VAULT - MAX_BLOB, 42);
        Blobs.stored(SERVER, device, large);
        Blobs.stored(SERVER, device, small);

        Blobs.stored(SERVER, device, large);
        Blobs.stored(SERVER, device, small);
        byte[] fresh = Blobs.bytes(MAX_BLOB, 43);

        assertRefused(SERVER.send(Blobs.upload(device, fresh)), "quota_exceeded");
        assertThat(SERVER.blobs().has(Sha256.of(fresh))).isFalse();
        assertThat(SERVER.send(Blobs.get(device, Sha256.of(fresh))).code()).isEqualTo("blob_not_found");
    }

    @Test
    void what_another_user_stores_costs_nobody_else_anything() {
        byte[] file = Blobs.bytes(MAX_BLOB, 44);
        Blobs.stored(SERVER, device, file);
        SERVER.addUser(user + "-b");
        Desktop other = SERVER.pair(user + "-b", "main");

        Blobs.stored(SERVER, other, file);
        Blobs.stored(SERVER, other, Blobs.bytes(MAX_VAULT - MAX_BLOB, 45));
    }

    @Test
    void one_upload_too_many_at_once_is_told_to_come_back() throws Exception {
        Http one = startUpload(device, 1000);
        startUpload(device, 1000);
        startUpload(device, 1000);

        Answer refused = SERVER.send(Blobs.upload(device, new byte[10]));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).matches("[1-9]\\d*");
        one.write(Blobs.END.getBytes(StandardCharsets.US_ASCII));
        assertThat(one.read().status()).isEqualTo(200);
        assertThat(SERVER.send(Blobs.upload(device, new byte[10])).status()).isEqualTo(200);
    }

    /** Sends an upload, all but its end; again, as long as the server has yet to let go of one that was broken off. */
    private Http startUpload(Desktop from, int size) throws IOException {
        long whole = bytesOnDisk() + size;
        List<Http> begun = new ArrayList<>();
        Blobs.until(() -> {
            begun.add(begin(from, size));
            return isOnDisk(whole, begun.get(begun.size() - 1));
        });
        open.addAll(begun);
        return begun.get(begun.size() - 1);
    }

    private static Http begin(Desktop from, int size) {
        try {
            Http http = Http.connect(SERVER.port());
            http.write(Blobs.headOf(from, Blobs.HEAD.length() + size + Blobs.END.length()));
            http.offer(part(size));
            return http;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the bytes are there; false when the upload is answered instead. */
    private static boolean isOnDisk(long bytes, Http upload) {
        Blobs.until(() -> bytesOnDisk() == bytes || isAnswered(upload));
        return bytesOnDisk() == bytes;
    }

    private static boolean isAnswered(Http upload) {
        try {
            return !upload.isSilentFor(Duration.ofMillis(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void breakOff() throws IOException {
        for (Http http : open) {
            http.close();
        }
        open.clear();
        Blobs.until(() -> Blobs.uploads(SERVER).isEmpty());
    }

    private static long bytesOnDisk() {
        return Blobs.uploads(SERVER).stream().mapToLong(QuotaTest::size).sum();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }

    private static byte[] part(int size) {
        return (Blobs.HEAD + "x".repeat(size)).getBytes(StandardCharsets.US_ASCII);
    }

    private static void assertRefused(Answer answer, String code) {
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo(code);
    }
}
