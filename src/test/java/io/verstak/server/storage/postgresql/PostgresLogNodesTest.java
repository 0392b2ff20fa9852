package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several nodes append to the same logs at once. */
class PostgresLogNodesTest {
    private static final long SEED = 20261130;
    private static final int VAULTS = 3;
    private static final int GROUPS = 40;
    private static final int KILLS = 25;

    private final PostgresAccess access = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private final List<PostgresDatabase> databases = new ArrayList<>();
    private final List<OpLog> logs = new ArrayList<>();
    private final List<Long> scopes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
        logs.forEach(OpLog::close);
        databases.forEach(database -> await(database.close()));
        await(vertx.close());
    }

    private void open(int nodes) {
        for (int i = 0; i < nodes; i++) {
            PostgresDatabase database = PostgresDatabase.open(vertx, access, 1);
            databases.add(database);
            logs.add(database.openLog(1, 1, Clock.systemUTC(), Duration.ofHours(1)));
        }
        PostgresScopes.addDevices(access, "one", "other");
        for (int i = 0; i < VAULTS; i++) {
            scopes.add(PostgresScopes.add(access));
        }
    }

    @Test
    void logs_of_two_nodes_stay_dense_and_chained_when_both_append_to_the_same_vaults() throws Exception {
        open(2);

        List<List<String>> accepted = together(
                () -> append(logs.get(0), "one", new AtomicBoolean()),
                () -> append(logs.get(1), "other", new AtomicBoolean()));

        checkLogs(accepted);
        assertThat(databases.get(0).acceptedOps() + databases.get(1).acceptedOps())
                .isEqualTo(accepted.stream().mapToLong(Collection::size).sum());
    }

    @Test
    void connections_that_are_killed_amid_commits_lose_nothing_that_was_accepted_and_the_logs_go_on() throws Exception {
        open(2);
        AtomicBoolean killing = new AtomicBoolean(true);

        List<List<String>> accepted = together(
                () -> append(logs.get(0), "one", killing),
                () -> append(logs.get(1), "other", killing),
                () -> kill(killing));

        checkLogs(accepted);
    }

    private void checkLogs(List<List<String>> accepted) {
        List<String> stored = new ArrayList<>();
        scopes.forEach(scope -> stored.addAll(LogOfNodes.check(access, scope)));
        assertThat(stored)
                .containsExactlyInAnyOrderElementsOf(
                        accepted.stream().flatMap(Collection::stream).toList());
    }

    private List<String> kill(AtomicBoolean killing) {
        try {
            for (int i = 0; i < KILLS; i++) {
                TestPostgres.executeOutside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                        + TestPostgres.name(access) + "'");
            }
        } finally {
            killing.set(false);
        }
        return List.of();
    }

    /** Commits groups of pushes, at least some, and each until it is accepted. Returns the ids of the ops. */
    private List<String> append(OpLog log, String device, AtomicBoolean going) {
        Random random = new Random(SEED + device.length());
        List<String> accepted = new ArrayList<>();
        for (int group = 0; group < GROUPS || going.get(); group++) {
            List<Push> pushes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                long scope = scopes.get(random.nextInt(VAULTS));
                String name = device + " " + group + " " + i;
                pushes.add(LogOfNodes.push(LogOfNodes.device(device, scope), name, 3, 1 + random.nextInt(50)));
            }
            assertThat(commit(log, pushes)).allMatch(PushResult.Accepted.class::isInstance);
            pushes.forEach(push -> push.ops().forEach(op -> accepted.add(op.opId())));
        }
        return accepted;
    }

    private static List<PushResult> commit(OpLog log, List<Push> pushes) {
        for (int tries = 0; ; tries++) {
            try {
                return log.commit(pushes);
            } catch (ServerException unavailable) {
                assertThat(tries).isLessThan(100);
            }
        }
    }

    @SafeVarargs
    private <T> List<T> together(Callable<T>... tasks) throws Exception {
        List<Future<T>> running = new ArrayList<>();
        for (Callable<T> task : tasks) {
            running.add(threads.submit(task));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> task : running) {
            results.add(task.get(2, TimeUnit.MINUTES));
        }
        return results;
    }
}
