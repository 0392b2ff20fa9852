package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.sync.HeadSource;
import io.verstak.server.sync.HeadSourceContract;
import io.verstak.server.testkit.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one PostgreSQL: what both commit is reported by one of them. */
class ClusterHeadsTest extends HeadSourceContract {
    private static final long PATIENCE_MILLIS = 60_000;

    /** A node looks every ten seconds: what comes by then was found by the first look. */
    private static final long POLLED_MILLIS = 19_000;

    private static final int VAULTS = 3_000;

    private final PostgresAccess access = ClusterNode.newDatabase();
    private final AtomicInteger pushes = new AtomicInteger();
    private ClusterNode one;
    private ClusterNode other;

    @BeforeEach
    void open() throws Exception {
        one = new ClusterNode(access, access);
        other = new ClusterNode(access, access);
        waitUntilHeard();
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @Override
    protected HeadSource source() {
        return one.heads;
    }

    @Override
    protected long newScope() {
        long scope = ClusterNode.newScope(access);
        // What is said while a node connects again, after a pause of its process, is read.
        one.watched.add(scope);
        return scope;
    }

    @Override
    protected CompletableFuture<Void> push(long scope, String opId) {
        return (pushes.incrementAndGet() % 2 == 0 ? one : other).push(scope, opId);
    }

    @Override
    protected CompletableFuture<Void> pushRefused(long scope) {
        return other.push(scope, "");
    }

    @Override
    protected long head(long scope) {
        return one.head(scope);
    }

    @Test
    void a_node_that_lost_its_connections_hears_again_and_reads_what_it_missed() throws Exception {
        long scope = newScope();
        one.watched.add(scope);
        BlockingQueue<Long> reports = heads(one, scope);
        for (long round = 1; round <= 3; round++) {
            cutListeners();
            other.push(scope, "op " + round).get(60, TimeUnit.SECONDS);

            assertThat(reports.poll(POLLED_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(round);
        }
        waitUntilHeard();
    }

    @Test
    void a_deaf_node_reads_the_heads_that_somebody_waits_for_every_ten_seconds() throws Exception {
        PostgresAccess nothing = new PostgresAccess("postgresql://127.0.0.1:1/nothing", "nobody", "", "");
        try (ClusterNode deaf = new ClusterNode(access, nothing)) {
            long scope = newScope();
            long unwatched = newScope();
            deaf.watched.add(scope);
            BlockingQueue<Long> reports = heads(deaf, scope);
            BlockingQueue<Long> others = heads(deaf, unwatched);
            one.push(scope, "a").get(60, TimeUnit.SECONDS);
            one.push(unwatched, "a").get(60, TimeUnit.SECONDS);

            assertThat(reports.poll(POLLED_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(1);
            assertThat(others).isEmpty();
        }
    }

    /** More heads than one text holds. */
    @Test
    void heads_of_thousands_of_vaults_come_within_moments() throws Exception {
        BlockingQueue<Long> scopes = new LinkedBlockingQueue<>();
        TestPostgres.execute(
                access,
                "INSERT INTO scopes (user_id, vault_id, log_id, created_at)"
                        + " SELECT 'user', gen_random_uuid(), 'log', 0 FROM generate_series(1, " + VAULTS + ")");
        List<String> ids = TestPostgres.rows(access, "SELECT id FROM scopes ORDER BY id DESC LIMIT " + VAULTS);
        one.heads.listen((scope, head) -> scopes.add(scope));
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (String id : ids) {
            done.add(other.push(Long.parseLong(id), "op"));
        }
        CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

        for (int i = 0; i < VAULTS; i++) {
            assertThat(scopes.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isNotNull();
        }
    }

    private void cutListeners() {
        TestPostgres.execute(access, """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND (query LIKE 'LISTEN%' OR query LIKE 'SELECT pg_notify%')""");
    }

    /** Returns when each node hears the other one. */
    private void waitUntilHeard() throws InterruptedException {
        for (ClusterNode[] pair : new ClusterNode[][] {{one, other}, {other, one}}) {
            long scope = ClusterNode.newScope(access);
            BlockingQueue<Long> reports = heads(pair[1], scope);
            long pushed = 0;
            // Up to the last push: a late report would reach the next listener.
            for (long heard = -1; heard < pushed; ) {
                Long report = reports.poll(pushed == 0 ? 0 : 500, TimeUnit.MILLISECONDS);
                if (report == null) {
                    assertThat(pushed).isLessThan(100);
                    pair[0].push(scope, "op " + pushed++).join();
                } else {
                    heard = report;
                }
            }
        }
    }

    private static BlockingQueue<Long> heads(ClusterNode node, long scope) {
        BlockingQueue<Long> reports = new LinkedBlockingQueue<>();
        node.heads.listen((moved, head) -> {
            if (moved == scope) {
                reports.add(head);
            }
        });
        return reports;
    }
}
