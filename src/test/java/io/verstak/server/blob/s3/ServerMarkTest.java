package io.verstak.server.blob.s3;

import static io.verstak.server.blob.s3.S3Fixture.bytes;
import static io.verstak.server.blob.s3.S3Fixture.save;
import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.S3Proxy;
import io.verstak.server.testkit.S3Proxy.Fault;
import io.verstak.server.testkit.TestS3;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server starts with its own bucket only, and says in one line why it does not. */
class ServerMarkTest {
    @TempDir
    Path folder = Path.of("");

    private final S3Access access = TestS3.newPrefix();
    private S3Fixture server;

    @BeforeEach
    void open() throws Exception {
        server = new S3Fixture(folder.resolve("one"));
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    @Test
    void a_server_marks_an_empty_bucket_and_finds_its_blobs_at_the_next_start() {
        S3BlobStore first = server.open(access);
        BlobReference blob = save(first, bytes(1000, 1));
        await(first.close());
        S3BlobStore second = server.open(access);

        assertThat(server.download(second, blob, 0, 1000)).isEqualTo(bytes(1000, 1));
        assertThat(TestS3.keys(access)).hasSize(2).contains(ServerMark.KEY).noneMatch(key -> key.contains("probe"));
        await(second.close());
    }

    @Test
    void the_bucket_of_another_server_is_refused_and_one_prefix_each_is_not() throws Exception {
        await(server.open(access).close());
        try (S3Fixture other = new S3Fixture(folder.resolve("two"))) {
            assertThatThrownBy(() -> other.open(access))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("belongs to another server")
                    .hasMessageContaining(access.prefix() + "/.verstak-server");

            await(other.open(TestS3.newPrefix()).close());
        }
    }

    @Test
    void a_bucket_without_what_the_database_names_is_refused_until_it_is_marked() {
        S3BlobStore store = server.open(access);
        save(store, bytes(1000, 2));
        await(store.close());
        String mark = new String(TestS3.get(access, ServerMark.KEY), StandardCharsets.UTF_8);
        TestS3.delete(access, ServerMark.KEY);

        assertThatThrownBy(() -> server.open(access))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the database names 1 blobs")
                .hasMessageEndingWith("printf %s | aws --endpoint-url %s s3 cp - s3://%s/%s/%s"
                        .formatted(mark, access.endpoint(), access.bucket(), access.prefix(), ServerMark.KEY));

        TestS3.put(access, ServerMark.KEY, (mark + "\n").getBytes(StandardCharsets.UTF_8));
        await(server.open(access).close());
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_KEY, objects.accessKeyFile has a key that is not known there",
        "WRONG_SECRET, objects.secretKeyFile is not the secret",
        "ACCESS_DENIED, may not put",
        "NO_BUCKET, there is no such bucket",
        "INTERNAL_ERROR, InternalError (500)"
    })
    void a_bucket_that_refuses_is_named_in_one_line(Fault fault, String text) {
        try (S3Proxy proxy = new S3Proxy()) {
            proxy.failAll(fault, request -> true);

            assertThatThrownBy(() -> server.open(proxy.before(access)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(text)
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void an_endpoint_that_nobody_listens_at_is_named_in_one_line() throws Exception {
        S3Access nobody = TestS3.at("http://127.0.0.1:" + FreePort.any(), "none");

        assertThatThrownBy(() -> server.open(nobody))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("it cannot be reached")
                .hasMessageNotContaining("\n");
    }

    @Test
    void an_endpoint_that_is_not_an_address_is_refused() {
        assertThatThrownBy(() -> server.open(TestS3.at("s3.example.org", "none")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("objects.endpoint: \"s3.example.org\" is not an address");
    }
}
