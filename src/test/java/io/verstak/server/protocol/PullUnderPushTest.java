package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 3: readers and writers at once. */
class PullUnderPushTest {
    private static final int WRITERS = 3;
    private static final int PUSHES = 120;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @Test
    void head_and_page_come_from_one_snapshot_and_what_a_pull_has_shown_never_changes() {
        Desktop reader = SERVER.pair("alice", "main");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Desktop writer = SERVER.pair("alice", "main");
            writers.add(CompletableFuture.runAsync(() -> write(writer), threads));
        }

        List<PulledOp> seen = new ArrayList<>();
        long cursor = 0;
        while (writers.stream().anyMatch(writer -> !writer.isDone()) || cursor < Sync.head(SERVER, reader)) {
            JsonNode page = Sync.pull(SERVER, reader, cursor, 7).json();
            for (JsonNode op : page.required("ops")) {
                seen.add(PulledOp.of(op));
            }
            cursor = page.required("page_last_sequence").longValue();
            boolean more = page.required("has_more").booleanValue();
            long head = page.required("server_sequence").longValue();
            assertThat(more ? head > cursor : head == cursor)
                    .as("head %d, page up to %d, more: %s", head, cursor, more)
                    .isTrue();
        }
        writers.forEach(CompletableFuture::join);
        threads.shutdown();

        assertThat(seen.stream().map(PulledOp::serverSequence))
                .isEqualTo(LongStream.rangeClosed(1, (long) WRITERS * PUSHES * 2)
                        .boxed()
                        .toList());
        assertThat(SERVER.pair("alice", "main").pull().applied()).isEqualTo(seen);
    }

    private static void write(Desktop writer) {
        for (int i = 0; i < PUSHES; i++) {
            assertThat(Sync.push(SERVER, writer, Desktop.pushBody(Sync.notes(2), 0))
                            .status())
                    .isEqualTo(200);
        }
    }
}
