package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.testkit.TestS3;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Memory does not grow with the objects: 200 MB go up and come down in eight blobs at once, and less than 1 MiB is held for each. */
class S3MemoryTest {
    private static final Logger LOG = LoggerFactory.getLogger(S3MemoryTest.class);
    private static final int AT_ONCE = 8;
    private static final int PIECE = 64 << 10;
    private static final int PIECES = 400;
    private static final long BETWEEN_LOOKS_MILLIS = 300;
    private static final long ALLOWED = AT_ONCE * (1L << 20);

    @TempDir
    Path folder = Path.of("");

    private final S3Access access = TestS3.newPrefix();
    private final byte[] piece = new byte[PIECE];
    private S3Fixture server;
    private S3BlobStore store;

    @BeforeEach
    void open() throws Exception {
        server = new S3Fixture(folder);
        store = server.open(access);
        new Random(91).nextBytes(piece);
    }

    @AfterEach
    void close() throws Exception {
        await(store.close());
        server.close();
    }

    @Test
    void eight_blobs_of_25_mib_at_once_hold_less_than_1_mib_each() {
        await(download(List.of(await(upload(0)))));
        long before = held();

        List<Future<BlobReference>> uploads = new ArrayList<>();
        for (int number = 1; number <= AT_ONCE; number++) {
            uploads.add(upload(number));
        }
        long up = mostOf(Future.all(uploads), before);
        List<BlobReference> blobs = uploads.stream().map(Future::result).toList();
        long down = mostOf(download(blobs), before);

        LOG.info("held for {} uploads at once: {} KiB each; for downloads: {} KiB each", AT_ONCE, up >> 13, down >> 13);
        assertThat(up).isLessThan(ALLOWED);
        assertThat(down).isLessThan(ALLOWED);
    }

    private Future<BlobReference> upload(int number) {
        StagedBlob staged = store.stage();
        await(staged.append(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {(byte) number})}));
        for (int i = 0; i < PIECES; i++) {
            await(staged.append(new ByteBuffer[] {ByteBuffer.wrap(piece)}));
        }
        BlobReference blob = staged.digest().orElseThrow().blob();
        return store.save(staged, blob, null, fileTime -> Future.succeededFuture(blob));
    }

    /** Receives all of the blobs at once, and counts their bytes. */
    private Future<?> download(List<BlobReference> blobs) {
        HttpServer sender = await(server.vertx
                .createHttpServer()
                .requestHandler(request -> {
                    BlobReference blob =
                            blobs.get(Integer.parseInt(request.path().substring(1)));
                    request.response().putHeader("Content-Length", Long.toString(blob.size()));
                    store.open(blob)
                            .compose(content -> content.send(request.response(), 0, blob.size()))
                            .onFailure(failure -> request.connection().close());
                })
                .listen(0, "127.0.0.1"));
        HttpClient client = server.vertx.createHttpClient();
        List<Future<Void>> received = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            AtomicLong bytes = new AtomicLong();
            long size = blobs.get(i).size();
            received.add(client.request(HttpMethod.GET, sender.actualPort(), "127.0.0.1", "/" + i)
                    .compose(HttpClientRequest::send)
                    .compose(response -> {
                        response.handler(buffer -> bytes.addAndGet(buffer.length()));
                        return response.end();
                    })
                    .onSuccess(end -> assertThat(bytes).hasValue(size)));
        }
        return Future.all(received).eventually(client::close).eventually(sender::close);
    }

    /** Looks from time to time until the work has ended. */
    private long mostOf(Future<?> work, long before) {
        long most = 0;
        while (!work.isComplete()) {
            await(server.vertx.timer(BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS));
            most = Math.max(most, held() - before);
        }
        await(work);
        return most;
    }

    private static long held() {
        long platform = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return heap() + platform + PlatformDependent.usedDirectMemory();
    }

    /** What a collection has left. */
    private static long heap() {
        for (long done = fullCollections(); fullCollections() == done; ) {
            Runtime.getRuntime().gc();
        }
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
    }

    private static long fullCollections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> collector.getName().matches("G1 Old Generation|(PS )?MarkSweep(Compact)?"))
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
