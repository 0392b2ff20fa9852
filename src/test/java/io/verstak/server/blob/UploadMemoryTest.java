package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Memory does not grow with the files: 1 GiB comes in at once, and what is held meanwhile stays below 1 MiB for each. About a
 * third of a MiB of that is the server's, where the disk is slower than the network; collectors leave some megabytes of dead
 * objects.
 */
@OneEngine("S3MemoryTest measures what a bucket takes")
class UploadMemoryTest {
    private static final int UPLOADS = 16;
    private static final int PIECE = 64 << 10;
    private static final int PIECES = 1024;
    private static final int PIECES_PER_LOOK = 64;
    private static final long ALLOWED = UPLOADS * (1L << 20);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    private final byte[] piece = new byte[PIECE];
    private final AtomicLong most = new AtomicLong();

    @Test
    void sixteen_uploads_of_64_mib_at_once_hold_less_than_1_mib_each() throws Exception {
        new Random(91).nextBytes(piece);
        upload(0, 1, () -> {});
        long before = held();
        Runnable look = () -> most.accumulateAndGet(held() - before, Math::max);
        ExecutorService clients = Executors.newFixedThreadPool(UPLOADS);
        List<Future<Integer>> uploads = new ArrayList<>();
        for (int i = 1; i <= UPLOADS; i++) {
            int number = i;
            uploads.add(clients.submit(() -> upload(number, PIECES, number == 1 ? look : () -> {})));
        }

        for (Future<Integer> upload : uploads) {
            assertThat(upload.get(10, TimeUnit.MINUTES)).isEqualTo(200);
        }
        clients.shutdown();
        assertThat(most).hasValueLessThan(ALLOWED);
    }

    /** @param look runs from time to time, while the other uploads go on */
    private int upload(int number, int pieces, Runnable look) throws Exception {
        byte[] first = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
        int length = Blobs.HEAD.length() + first.length + pieces * PIECE + Blobs.END.length();
        try (Http http = Http.connect(SERVER.port())) {
            http.write(Blobs.headOf(DEVICE, length));
            http.write(Blobs.HEAD.getBytes(StandardCharsets.US_ASCII));
            http.write(first);
            for (int i = 0; i < pieces; i++) {
                http.write(piece);
                if (i % PIECES_PER_LOOK == 0) {
                    look.run();
                }
            }
            http.write(Blobs.END.getBytes(StandardCharsets.US_ASCII));
            return http.read().status();
        }
    }

    private static long held() {
        return heap() + direct();
    }

    /** Netty counts its own; the platform's counter holds what others take. */
    private static long direct() {
        long platform = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return platform + PlatformDependent.usedDirectMemory();
    }

    /** What a collection has left. What is free some time later does not say it: the uploads go on meanwhile. */
    private static long heap() {
        for (long done = fullCollections(); fullCollections() == done; ) {
            Runtime.getRuntime().gc();
        }
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
    }

    /** One that is asked for is left out while a thread, held up, is in a critical section of native code. */
    private static long fullCollections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> collector.getName().matches("G1 Old Generation|(PS )?MarkSweep(Compact)?"))
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
