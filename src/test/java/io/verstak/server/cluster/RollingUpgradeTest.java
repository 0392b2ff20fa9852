package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.postgresql.NextRelease;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two nodes are replaced one after the other under load, and a dump runs. What the first node of the next release does to the database is
 * real ({@link NextRelease}); the nodes before and after are the program of this release, which serves on the next one's schema as
 * nodes that are not replaced yet do.
 */
class RollingUpgradeTest {
    private static final int WRITERS = 6;

    /** As a release would that adds what it will need to the tables of the hot path. */
    private static final String EXPAND = """
            ALTER TABLE chunks ADD COLUMN next BYTEA;
            ALTER TABLE scopes ADD COLUMN next TEXT NOT NULL DEFAULT '';
            ALTER TABLE devices ADD COLUMN next BIGINT NOT NULL DEFAULT 0;
            CREATE INDEX next_of_devices ON devices (next);
            CREATE TABLE next (id BIGINT PRIMARY KEY, value TEXT)""";

    private final ServerPair servers = ServerPair.start(Map.of("node.drainSeconds", "1"));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger pushed = new AtomicInteger();

    @AfterEach
    void stop() throws InterruptedException {
        enough.set(true);
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        servers.close();
    }

    @Test
    void nodes_are_replaced_under_load_while_a_dump_runs_and_no_push_fails() throws Exception {
        List<Future<List<String>>> written = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String token = servers.newDevice("writer " + i);
            boolean begins = i % 2 == 0;
            written.add(threads.submit(() -> write(token, begins)));
        }
        goOn(written);

        NextRelease next = new NextRelease().expand(EXPAND);
        Future<?> upgrade;
        try (Connection dump = TestPostgres.connect(servers.access());
                Statement statement = dump.createStatement()) {
            // What pg_dump does first, and keeps until it ends.
            dump.setAutoCommit(false);
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            statement.execute("LOCK TABLE chunks, op_keys, scopes, devices, users IN ACCESS SHARE MODE");
            upgrade = threads.submit(() -> next.upgrade(servers.access()));
            while (TestPostgres.rows(
                            servers.access(),
                            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER%'")
                    .isEmpty()) {
                assertThat(upgrade.isDone()).isFalse();
            }
            goOn(written);
            assertThat(upgrade.isDone()).isFalse();
            dump.rollback();
        }
        upgrade.get(60, TimeUnit.SECONDS);
        goOn(written);
        servers.one().restart();
        goOn(written);
        servers.other().restart();
        goOn(written);
        enough.set(true);

        assertThat(TestPostgres.rows(servers.access(), "SELECT version FROM schema_version"))
                .containsExactly(String.valueOf(next.number()));
        for (int i = 0; i < WRITERS; i++) {
            List<String> accepted = written.get(i).get(60, TimeUnit.SECONDS);
            try (Desktop reader = Desktop.paired(
                    servers.one()::port, "reader " + i, servers.newDeviceOf("reader " + i, "writer " + i), 0)) {
                assertThat(reader.pull().applied()).extracting(PulledOp::opId).containsExactlyElementsOf(accepted);
            }
        }
    }

    /** Waits until each writer could have pushed some more. */
    private void goOn(List<? extends Future<?>> written) {
        int until = pushed.get() + 10 * WRITERS;
        while (pushed.get() < until) {
            assertThat(written).noneMatch(Future::isDone);
            Thread.onSpinWait();
        }
    }

    private List<String> write(String token, boolean beginsAtOne) throws Exception {
        List<String> accepted = new ArrayList<>();
        int one = servers.one().port();
        int other = servers.other().port();
        try (FailoverClient client = new FailoverClient(beginsAtOne ? one : other, beginsAtOne ? other : one)) {
            while (!enough.get()) {
                OutboxOp op = OutboxOp.note("n" + accepted.size(), "text");
                client.send(Request.post(
                                "/api/v1/sync/push",
                                Desktop.pushBody(List.of(op), 0).toString())
                        .bearer(token));
                accepted.add(op.opId());
                pushed.incrementAndGet();
            }
        }
        return accepted;
    }
}
