package io.verstak.server.blob.resumable;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Room for uploads in parts is kept free from their creation to their end. */
class TusQuotaTest {
    private static final int MAX_VAULT = 100_000;
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(
            CLOCK,
            Map.of(
                    "limits.maxVaultBlobBytes", Integer.toString(MAX_VAULT),
                    "limits.maxUserBlobBytes", Integer.toString(MAX_VAULT * 3 / 2)));

    private final String user;
    private final Tus tus;

    /** Each test has a user of its own. */
    TusQuotaTest(TestInfo test) {
        user = "user" + Integer.toHexString(test.getDisplayName().hashCode());
        SERVER.addUser(user);
        tus = new Tus(SERVER, SERVER.pair(user, "main"));
    }

    @Test
    void s33_an_upload_is_refused_at_its_creation_when_it_cannot_fit() {
        assertRefused(tus.send(tus.creation(MAX_VAULT + 1)));

        tus.create(MAX_VAULT);
        assertRefused(tus.send(tus.creation(1)));
    }

    @Test
    void s33_unfinished_uploads_leave_no_room_for_others_also_after_a_restart() {
        String upload = tus.create(60_000);
        tus.append(upload, 0, new byte[10]);
        for (int i = 0; i < 2; i++) {
            assertRefused(tus.send(tus.creation(40_001)));
            assertRefused(SERVER.send(Blobs.upload(tus.device(), Blobs.bytes(40_001, 850))));
            SERVER.restart();
        }

        tus.append(upload, 10, Blobs.bytes(59_990, 851));
        assertRefused(tus.send(tus.creation(40_001)));
        Blobs.stored(SERVER, tus.device(), Blobs.bytes(40_000, 852));
    }

    @Test
    void s33_the_vaults_of_a_user_share_the_users_quota() {
        tus.create(MAX_VAULT);
        Tus second = new Tus(SERVER, SERVER.pair(user, "second"));

        assertRefused(second.send(second.creation(MAX_VAULT / 2 + 1)));
        second.create(MAX_VAULT / 2);
    }

    @Test
    void a_deleted_upload_gives_its_room_back() {
        String upload = tus.create(MAX_VAULT);

        tus.send(tus.request("DELETE", upload));

        tus.create(MAX_VAULT);
    }

    @Test
    void an_unfinished_upload_gives_its_room_back_24_hours_after_its_last_bytes() {
        String upload = tus.create(MAX_VAULT);
        CLOCK.advance(Duration.ofHours(23));
        tus.append(upload, 0, new byte[10]);
        CLOCK.advance(Duration.ofHours(23));
        assertThat(tus.offset(upload)).isEqualTo(10);
        assertRefused(tus.send(tus.creation(1)));

        CLOCK.advance(Duration.ofHours(1).plusSeconds(1));

        assertThat(tus.head(upload).status()).isEqualTo(404);
        assertThat(tus.append(upload, 10, new byte[1]).status()).isEqualTo(404);
        tus.create(MAX_VAULT);
        assertThat(tus.file(upload)).doesNotExist();
    }

    @Test
    void a_restart_forgets_what_has_expired_meanwhile() {
        String upload = tus.create(MAX_VAULT);
        tus.append(upload, 0, new byte[10]);
        CLOCK.advance(Duration.ofHours(25));

        SERVER.restart();

        assertThat(tus.file(upload)).doesNotExist();
        tus.create(MAX_VAULT);
    }

    @Test
    void what_turns_out_to_be_known_costs_nothing() {
        byte[] file = Blobs.bytes(40_000, 853);
        Blobs.stored(SERVER, tus.device(), file);
        tus.append(tus.create(40_000), 0, file);
        Blobs.stored(SERVER, tus.device(), Blobs.bytes(60_000, 854));

        Answer known = tus.send(Tus.announcing(tus.creation(40_000), Sha256.of(file)));

        assertThat(known.header("Blob-Sha256")).isEqualTo(Sha256.of(file).hex());
        assertThat(tus.append(Tus.location(known), 0, file).status()).isEqualTo(204);
    }

    @Test
    void s33_creations_at_once_never_pass_the_quota() {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        List<CompletableFuture<Answer>> answers = IntStream.range(0, 24)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> tus.send(tus.creation(10_000)), clients))
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join).filter(answer -> answer.status() == 201))
                .hasSize(10);
        clients.shutdown();
        assertRefused(SERVER.send(Blobs.upload(tus.device(), new byte[1])));
    }

    @Test
    void a_device_has_no_more_than_a_hundred_uploads_open() {
        List<String> uploads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            uploads.add(tus.create(10));
        }

        Answer refused = tus.send(tus.creation(10));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).matches("[1-9]\\d*");
        tus.append(uploads.get(0), 0, new byte[10]);

        tus.create(10);
    }

    @Test
    void a_part_of_a_full_vaults_upload_is_taken() {
        byte[] file = Blobs.bytes(MAX_VAULT, 855);
        String upload = tus.create(MAX_VAULT);

        for (int at = 0; at < MAX_VAULT; at += MAX_VAULT / 4) {
            assertThat(tus.append(upload, at, Arrays.copyOfRange(file, at, at + MAX_VAULT / 4))
                            .status())
                    .isEqualTo(204);
        }

        assertThat(tus.download(file)).isEqualTo(file);
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("quota_exceeded");
    }
}
