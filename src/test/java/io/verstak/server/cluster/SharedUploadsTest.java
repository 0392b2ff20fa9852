package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.resumable.Tus;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.TestS3;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Resumable uploads that any of three servers continues. */
class SharedUploadsTest {
    private static final int PART = 8 << 20;
    private static final long BETWEEN_PIECES_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int LARGE = 2 * PART + 3_000_001;

    /** So long that who takes an upload over is told from who waits for the end, however busy the machine is. */
    private static final int LOCKED_SECONDS = 60;

    @RegisterExtension
    private static final ThreeServers CLUSTER = new ThreeServers(Map.of("limits.maxUserBlobBytes", "200000000"));

    private final Tus one = CLUSTER.node(0);
    private final Tus other = CLUSTER.node(1);
    private final Tus third = CLUSTER.node(2);

    @Test
    void each_chunk_may_go_to_another_server() {
        byte[] file = bytes(LARGE, 1);
        String upload = one.create(LARGE);
        int[] lengths = {3_000_000, 1, PART, 100_000, PART + 5, LARGE};
        int offset = 0;
        for (int i = 0; offset < LARGE; i++) {
            int end = Math.min(LARGE, offset + lengths[i]);
            Answer answer = CLUSTER.node(i).append(upload, offset, Arrays.copyOfRange(file, offset, end));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
            offset = end;
            assertThat(CLUSTER.node(i + 1).offset(upload)).isEqualTo(offset);
        }
        assertThat(third.download(file)).isEqualTo(file);
        assertNothingStaged();
    }

    @Test
    void a_small_upload_in_three_chunks_at_three_servers_is_whole() {
        byte[] file = bytes(1000, 2);
        String upload =
                one.send(Tus.announcing(one.creation(1000), Sha256.of(file))).header("Location");
        for (int i = 0; i < 3; i++) {
            int from = 400 * i;
            byte[] chunk = Arrays.copyOfRange(file, from, Math.min(1000, from + 400));
            assertThat(CLUSTER.node(i + 1).append(upload, from, chunk).status()).isEqualTo(204);
        }
        assertThat(other.download(file)).isEqualTo(file);
        assertNothingStaged();
    }

    @Test
    void an_upload_with_another_digest_than_announced_is_gone_at_all_servers() {
        byte[] file = bytes(PART + 1000, 3);
        String upload = one.send(Tus.announcing(one.creation(file.length), Sha256.of(bytes(1, 1))))
                .header("Location");
        one.append(upload, 0, Arrays.copyOf(file, 1000));

        assertThat(other.append(upload, 1000, Arrays.copyOfRange(file, 1000, file.length))
                        .code())
                .isEqualTo("hash_mismatch");

        assertThat(third.head(upload).status()).isEqualTo(404);
        assertNothingStaged();
    }

    /** Its process holds the lock, and renews it no more. */
    @Test
    void another_server_goes_on_soon_after_one_was_killed() {
        byte[] file = bytes(PART + 5000, 4);
        String upload = one.create(file.length);
        one.append(upload, 0, Arrays.copyOf(file, PART + 1000));
        lockedByDead(upload);
        long begun = System.nanoTime();

        assertThat(other.offset(upload)).isEqualTo(PART + 1000);
        Answer answer = other.append(upload, PART + 1000, Arrays.copyOfRange(file, PART + 1000, file.length));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(LOCKED_SECONDS));
        assertThat(third.download(file)).isEqualTo(file);
    }

    /** Only full parts are in the bucket: the rest is lost with its server, and was not acknowledged. */
    @Test
    void the_offset_after_a_break_is_what_the_bucket_has() throws IOException {
        byte[] file = bytes(LARGE, 5);
        String upload = one.create(LARGE);
        try (Http sending = one.begin(upload, 0, file, PART + 2_000_000)) {
            awaitStored(upload, PART);
            lockedByDead(upload);
            assertThat(other.offset(upload)).isEqualTo(PART);
            byte[] rest = Arrays.copyOfRange(file, PART, LARGE);

            assertThat(other.append(upload, PART, rest).status()).isEqualTo(204);

            sending.offer(Arrays.copyOfRange(file, PART + 2_000_000, LARGE));
            assertThat(isRefused(sending)).isTrue();
        }
        assertThat(third.download(file)).isEqualTo(file);
        assertNothingStaged();
    }

    @Test
    void a_second_sender_at_another_server_is_refused_until_the_first_one_is_silent() throws Exception {
        byte[] file = bytes(2_000_000, 6);
        String upload = one.create(file.length);
        try (Http sending = one.begin(upload, 0, file, 500_000)) {
            awaitLocked(upload);
            Thread trickle = new Thread(() -> trickle(sending, file));
            trickle.start();
            Answer refused = other.append(upload, 0, file);
            assertThat(refused.status()).as(refused.toString()).isEqualTo(423);
            trickle.join();

            // It is silent from now on: what came so far is kept, and the next one goes on behind it.
            long stored = silent(upload);
            assertThat(stored).isBetween(500_000L, 600_000L);
            Answer next = other.append(upload, stored, Arrays.copyOfRange(file, (int) stored, file.length));
            assertThat(next.status()).as(next.toString()).isEqualTo(204);
        }
        assertThat(third.download(file)).isEqualTo(file);
    }

    private static void trickle(Http sending, byte[] file) {
        try {
            for (int i = 0; i < 60; i++) {
                sending.write(file, 500_000 + i * 1000, 1000);
                sending.write(new byte[0]);
                LockSupport.parkNanos(BETWEEN_PIECES_NANOS);
            }
        } catch (IOException closed) {
            throw new AssertionError(closed);
        }
    }

    /** Returns the offset once another server has got the upload. */
    private long silent(String upload) {
        Answer answer = other.append(upload, 0, new byte[0]);
        for (int tries = 0; answer.status() == 423 && tries < 5; tries++) {
            answer = other.append(upload, 0, new byte[0]);
        }
        assertThat(answer.status()).isIn(204, 409);
        return other.offset(upload);
    }

    @Test
    void an_upload_that_is_deleted_at_another_server_ends_at_the_one_that_receives_it() throws IOException {
        byte[] file = bytes(LARGE, 7);
        String upload = one.create(LARGE);
        try (Http sending = one.begin(upload, 0, file, PART + 1000)) {
            awaitStored(upload, PART);

            assertThat(other.send(other.request("DELETE", upload)).status()).isEqualTo(204);

            sending.offer(Arrays.copyOfRange(file, PART + 1000, LARGE));
            assertThat(isRefused(sending)).isTrue();
        }
        assertThat(third.head(upload).status()).isEqualTo(404);
        assertNothingStaged();
    }

    @Test
    void an_upload_that_expires_while_another_server_receives_it_is_not_removed() throws IOException {
        byte[] file = bytes(LARGE, 8);
        String upload = one.create(LARGE);
        String left = one.create(5000);
        one.append(left, 0, new byte[100]);
        try (Http sending = one.begin(upload, 0, file, PART + 1000)) {
            awaitStored(upload, PART);
            CLUSTER.execute("UPDATE uploads SET expires_at = 1 WHERE state = 0");

            other.create(1);

            assertThat(rowsOf(left)).isZero();
            assertThat(rowsOf(upload)).isEqualTo(1);
            sending.write(Arrays.copyOfRange(file, PART + 1000, LARGE));
            assertThat(sending.read().status()).isEqualTo(204);
        }
        assertThat(third.download(file)).isEqualTo(file);
        CLUSTER.execute("UPDATE uploads SET expires_at = 1 WHERE state = 0");
        third.create(1);
        assertNothingStaged();
    }

    @Test
    void quota_is_reserved_once_whichever_server_receives_an_upload() {
        long before = reserved();
        byte[] file = bytes(1_000_000, 9);
        String upload = one.create(file.length);
        assertThat(reserved() - before).isEqualTo(1_000_000);
        other.append(upload, 0, Arrays.copyOf(file, 500_000));
        long left = 200_000_000 - reserved();

        assertThat(third.send(third.creation(left + 1)).status()).isEqualTo(413);
        third.append(upload, 500_000, Arrays.copyOfRange(file, 500_000, file.length));

        assertThat(reserved() - before).isEqualTo(1_000_000);
        String all = other.create(left);
        assertThat(one.send(one.creation(1)).status()).isEqualTo(413);
        other.send(other.request("DELETE", all));
        assertThat(reserved() - before).isEqualTo(1_000_000);
    }

    /** An upgrade has left them there, and that node has not started yet. */
    @Test
    void an_upload_whose_bytes_are_on_the_disk_of_a_node_waits_for_it() {
        byte[] file = bytes(1000, 10);
        String upload = one.create(file.length);
        one.append(upload, 0, Arrays.copyOf(file, 400));
        CLUSTER.execute("UPDATE uploads SET node = 'old' WHERE id = '" + id(upload) + "'");

        assertThat(other.append(upload, 400, Arrays.copyOfRange(file, 400, 1000))
                        .status())
                .isEqualTo(423);

        CLUSTER.execute("UPDATE uploads SET node = '' WHERE id = '" + id(upload) + "'");
        assertThat(third.append(upload, 400, Arrays.copyOfRange(file, 400, 1000))
                        .status())
                .isEqualTo(204);
        assertThat(one.download(file)).isEqualTo(file);
    }

    /** Returns whether a request was refused, or its connection closed. */
    private static boolean isRefused(Http sending) {
        try {
            return sending.read().status() >= 400;
        } catch (IOException closed) {
            return true;
        }
    }

    private static long reserved() {
        return Long.parseLong(CLUSTER.rows("SELECT (SELECT COALESCE(SUM(bytes), 0) FROM blob_usage)"
                        + " + (SELECT COALESCE(SUM(length), 0) FROM uploads WHERE state < 2)")
                .get(0));
    }

    private static void lockedByDead(String upload) {
        CLUSTER.execute("UPDATE uploads SET locked_by = 'dead', lock_generation = lock_generation + 1,"
                + " locked_until = (SELECT millis FROM database_clock) + " + TimeUnit.SECONDS.toMillis(LOCKED_SECONDS)
                + " WHERE id = '"
                + id(upload) + "'");
    }

    private static String id(String upload) {
        return upload.substring(Tus.PATH.length() + 1);
    }

    private static int rowsOf(String upload) {
        return CLUSTER.rows("SELECT id FROM uploads WHERE id = '" + id(upload) + "'")
                .size();
    }

    private static void awaitStored(String upload, long bytes) {
        await("SELECT 1 FROM uploads WHERE id = '" + id(upload) + "' AND stored >= " + bytes);
    }

    private static void awaitLocked(String upload) {
        await("SELECT 1 FROM uploads WHERE id = '" + id(upload) + "' AND locked_by <> ''");
    }

    private static void await(String sql) {
        long begun = System.nanoTime();
        while (CLUSTER.rows(sql).isEmpty()) {
            assertThat(System.nanoTime() - begun).as(sql).isLessThan(TimeUnit.SECONDS.toNanos(60));
            Thread.onSpinWait();
        }
    }

    /** After the clean-up the bucket has blobs and nothing else. */
    private static void assertNothingStaged() {
        CLUSTER.servers.get(0).cleanUp();
        assertThat(CLUSTER.rows("SELECT upload_id FROM upload_objects UNION ALL SELECT upload_id FROM upload_parts"))
                .isEmpty();
        // A server that was receiving takes back what it has begun after the client is gone.
        Blobs.until(() -> CLUSTER.rows("SELECT key FROM object_intents").isEmpty());
        assertThat(TestS3.openParts(CLUSTER.bucket)).isZero();
        List<String> blobs = CLUSTER.rows("SELECT key FROM objects ORDER BY key");
        assertThat(TestS3.keys(CLUSTER.bucket).stream().filter(key -> !key.startsWith(".")))
                .containsExactlyInAnyOrderElementsOf(blobs);
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
