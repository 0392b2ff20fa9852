package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The write-ahead log of a server under steady load. */
class WriteAheadLogTest {
    private static final long BOUND = 64L << 20;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private final Desktop device = SERVER.pair("alice", "main");

    @Test
    void the_log_begins_anew_whatever_is_pushed_and_keeps_a_bounded_file() throws IOException {
        for (long pushed = 0; pushed < BOUND + BOUND / 4; pushed += 80 * 250_000) {
            push(80, 250_000);
        }

        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (logged() > BOUND / 8 || Files.size(file()) > 2 * BOUND) {
            assertThat(System.nanoTime()).as("still %d bytes", logged()).isLessThan(patience);
            push(1, 10);
        }
    }

    private void push(int ops, int bytes) {
        List<OutboxOp> notes = IntStream.range(0, ops)
                .mapToObj(number -> OutboxOp.note("entity", "x".repeat(bytes)))
                .toList();
        assertThat(SERVER.send(Request.post(
                                        "/api/v1/sync/push",
                                        Desktop.pushBody(notes, 0).toString())
                                .bearer(device.token()))
                        .status())
                .isEqualTo(200);
    }

    private static Path file() {
        return SERVER.database().resolveSibling(SERVER.database().getFileName() + "-wal");
    }

    /** What the log holds, in bytes, as every connection sees it. */
    private static long logged() {
        String[] frames = TestDatabase.rows(SERVER.database(), "PRAGMA wal_checkpoint(NOOP)")
                .get(0)
                .split("\\|", -1);
        long page = Long.parseLong(
                TestDatabase.rows(SERVER.database(), "PRAGMA page_size").get(0));
        return Long.parseLong(frames[1]) * page;
    }
}
