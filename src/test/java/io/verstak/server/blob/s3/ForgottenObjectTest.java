package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A bucket that loses or changes an object: nothing wrong is sent, the damage is reported, and the next upload mends it. */
class ForgottenObjectTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private static final S3Access BUCKET = TestS3.newPrefix();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(TestS3.settings(BUCKET, keys())).withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    private static Path keys() {
        try {
            return Files.createTempDirectory("verstak-keys");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_forgotten_object_is_unavailable_until_the_same_bytes_are_uploaded() {
        byte[] file = stored(1);
        TestS3.delete(BUCKET, key(file));

        assertUnavailable(SERVER.send(Blobs.get(DEVICE, Sha256.of(file)).with("Range", "bytes=10-19")));
        assertUnavailable(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))));
        Blobs.stored(SERVER, DEVICE, file);

        assertThat(download(file).wire()).isEqualTo(file);
    }

    @Test
    void an_object_with_other_bytes_is_not_sent() {
        byte[] file = stored(2);
        TestS3.put(BUCKET, key(file), Blobs.bytes(1000, 3));

        assertUnavailable(SERVER.send(Blobs.get(DEVICE, Sha256.of(file))));
        Blobs.stored(SERVER, DEVICE, file);

        assertThat(download(file).wire()).isEqualTo(file);
    }

    @Test
    void an_object_that_was_copied_back_under_another_etag_is_read_once_and_sent() {
        byte[] file = stored(4);
        SERVER.execute("UPDATE objects SET etag = 'another' WHERE sha256 = '" + Sha256.of(file) + "'");

        assertThat(download(file).wire()).isEqualTo(file);

        assertThat(SERVER.rows("SELECT etag FROM objects WHERE sha256 = '" + Sha256.of(file) + "'"))
                .doesNotContain("another");
    }

    @Test
    void the_scrub_reports_a_forgotten_object() {
        byte[] file = stored(5);
        TestS3.delete(BUCKET, key(file));
        LOG.expectError("damaged");

        await(SERVER.maintenance().scrub().round(10));

        assertThat(SERVER.rows("SELECT sha256 FROM blobs WHERE damaged_since IS NOT NULL"))
                .contains(Sha256.of(file).hex());
        Blobs.stored(SERVER, DEVICE, file);
        assertThat(SERVER.rows("SELECT sha256 FROM blobs WHERE damaged_since IS NOT NULL"))
                .doesNotContain(Sha256.of(file).hex());
    }

    private static byte[] stored(long seed) {
        byte[] file = Blobs.bytes(1000, seed);
        Blobs.stored(SERVER, DEVICE, file);
        return file;
    }

    private static String key(byte[] file) {
        return SERVER.rows("SELECT key FROM objects WHERE sha256 = '" + Sha256.of(file) + "'")
                .get(0);
    }

    private static Answer download(byte[] file) {
        return SERVER.send(Blobs.get(DEVICE, Sha256.of(file)));
    }

    /** The answer says nothing of the bytes that it does not have. */
    private static void assertUnavailable(Answer answer) {
        LOG.expectError("damaged or missing");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.code()).isEqualTo("blob_unavailable");
        assertThat(answer.headers())
                .doesNotContainKeys("etag", "content-range", "content-disposition", "accept-ranges");
    }
}
