package io.verstak.server.storage.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pushes through the queue and the lanes of nodes, while others hold their vaults or break their connections. */
class PostgresLanesTest {
    private static final int VAULTS = 6;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private final PostgresAccess access = TestPostgres.newDatabaseWithSchema();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<LogNode> nodes = new ArrayList<>();
    private List<Long> vaults;

    @BeforeEach
    void addVaults() {
        PostgresScopes.addDevices(access, "one", "other");
        vaults = Stream.generate(() -> PostgresScopes.add(access)).limit(VAULTS).toList();
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        nodes.forEach(LogNode::close);
    }

    private LogNode newNode() {
        LogNode node = new LogNode(access, 2);
        nodes.add(node);
        return node;
    }

    @Test
    void pushes_to_other_vaults_are_answered_while_one_is_held_and_those_to_it_are_refused_after_seconds()
            throws Exception {
        LogNode node = newNode();
        long held = vaults.get(0);
        try (Connection holder = hold(held)) {
            CompletableFuture<Void> waiting = node.push("one", held, "held", 1);
            Set<Long> answered = new HashSet<>();
            for (int round = 0; !waiting.isDone(); round++) {
                for (long vault : vaults.subList(1, VAULTS)) {
                    node.push("one", vault, "free " + round, 1).get(60, TimeUnit.SECONDS);
                    if (!waiting.isDone()) {
                        answered.add(vault);
                    }
                }
            }
            assertThat(answered).containsExactlyInAnyOrderElementsOf(vaults.subList(1, VAULTS));
            assertUnavailable(waiting);
            holder.rollback();
        }
        assertThat(LogOfNodes.check(access, held)).isEmpty();
        node.push("one", held, "later", 1).get(60, TimeUnit.SECONDS);
        assertThat(LogOfNodes.check(access, held)).containsExactly("later 0");
    }

    @Test
    void pushes_to_a_vault_keep_their_order_however_often_it_is_passed_over() throws Exception {
        LogNode node = newNode();
        List<String> pushed = new ArrayList<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            try (Connection holder = hold(vaults.get(0))) {
                for (int i = 0; i < 5; i++) {
                    String name = round + " " + i;
                    answers.add(node.push("one", vaults.get(0), name, 1));
                    answers.add(node.push("one", vaults.get(1 + i % (VAULTS - 1)), name, 1));
                    pushed.add(name + " 0");
                }
                // Answered only after the group that has met the lock.
                node.push("one", vaults.get(2), "marker " + round, 1).get(60, TimeUnit.SECONDS);
                holder.rollback();
            }
            answers.add(node.push("one", vaults.get(0), round + " free", 1));
            pushed.add(round + " free 0");
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

        assertThat(LogOfNodes.check(access, vaults.get(0))).isEqualTo(pushed);
    }

    @Test
    void two_nodes_that_push_to_one_vault_all_the_time_both_go_on() throws Exception {
        List<Future<?>> clients = new ArrayList<>();
        AtomicInteger accepted = new AtomicInteger();
        for (String device : List.of("one", "other")) {
            LogNode node = newNode();
            for (int client = 0; client < 8; client++) {
                String name = device + " " + client + " ";
                clients.add(threads.submit(() -> {
                    for (int i = 0; i < 40; i++) {
                        node.push(device, vaults.get(0), name + i, 2).join();
                        accepted.addAndGet(2);
                    }
                }));
            }
        }
        for (Future<?> client : clients) {
            client.get(60, TimeUnit.SECONDS);
        }

        assertThat(LogOfNodes.check(access, vaults.get(0)))
                .hasSize(accepted.get())
                .doesNotHaveDuplicates();
    }

    @Test
    void nothing_accepted_is_lost_or_numbered_twice_while_connections_of_two_nodes_are_ended() throws Exception {
        LOG.expectError("the database");
        List<Future<?>> clients = new ArrayList<>();
        List<List<String>> pushed = new ArrayList<>();
        for (String device : List.of("one", "other")) {
            LogNode node = newNode();
            for (int client = 0; client < 6; client++) {
                int number = client;
                List<String> ids = new ArrayList<>();
                pushed.add(ids);
                clients.add(threads.submit(() -> {
                    for (int i = 0; i < 30; i++) {
                        // Half of all go to one vault.
                        long vault = vaults.get(i % 2 == 0 ? 0 : 1 + (number + i) % (VAULTS - 1));
                        String name = device + " " + number + " " + i;
                        node.pushForSure(device, vault, name);
                        ids.add(name + " 0");
                    }
                }));
            }
        }
        while (!clients.stream().allMatch(Future::isDone)) {
            TestPostgres.executeOutside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                    + TestPostgres.name(access) + "' AND backend_type = 'client backend'");
            for (Future<?> client : clients) {
                if (!client.isDone()) {
                    awaitSome(client);
                    break;
                }
            }
        }
        for (Future<?> client : clients) {
            client.get();
        }

        List<String> stored = new ArrayList<>();
        vaults.forEach(vault -> stored.addAll(LogOfNodes.check(access, vault)));
        assertThat(stored)
                .containsExactlyInAnyOrderElementsOf(
                        pushed.stream().flatMap(List::stream).toList());
    }

    @Test
    void pushes_fail_together_while_the_database_is_away_and_not_one_after_the_other() throws Exception {
        LOG.expectError("the database");
        LogNode node = newNode();
        vaults.forEach(vault -> node.push("one", vault, "before", 1).join());
        String name = TestPostgres.name(access);
        TestPostgres.executeOutside(
                "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
        long begun = System.nanoTime();
        List<CompletableFuture<Void>> pushes = IntStream.range(0, 200)
                .mapToObj(i -> node.push("one", vaults.get(i % VAULTS), "away " + i, 1))
                .toList();

        pushes.forEach(PostgresLanesTest::assertUnavailable);

        // One search for the database takes five seconds: one after the other would take a thousand.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
        TestPostgres.executeOutside("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
        node.pushForSure("one", vaults.get(0), "after");
        assertThat(LogOfNodes.check(access, vaults.get(0))).containsExactly("before 0", "after 0");
    }

    @Test
    void a_push_that_the_database_refuses_fails_alone() {
        LOG.expectError("the database failed");
        LogNode node = newNode();
        TestPostgres.execute(
                access,
                "ALTER TABLE chunks ADD CHECK (position('bad'::bytea IN body) = 0)",
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END $$",
                "CREATE TRIGGER slow BEFORE INSERT ON chunks FOR EACH STATEMENT EXECUTE FUNCTION slow()");
        List<CompletableFuture<Void>> good = new ArrayList<>();
        List<CompletableFuture<Void>> bad = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            for (long vault : vaults) {
                good.add(node.push("one", vault, "good " + i, 1));
            }
            bad.add(node.push("one", vaults.get(i), "bad " + i, 1));
        }

        CompletableFuture.allOf(good.toArray(CompletableFuture[]::new)).join();
        bad.forEach(push -> assertFails(push, ErrorCode.INTERNAL_ERROR));

        assertThat(LogOfNodes.check(access, vaults.get(0))).containsExactly("good 0 0", "good 1 0", "good 2 0");
        assertThat(LOG.lines()).anyMatch(line -> line.endsWith("is committed push by push"));
    }

    /** Takes the row of a vault in a transaction of its own, as another node does. */
    private Connection hold(long vault) throws SQLException {
        Connection connection = TestPostgres.connect(access);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1 FROM scopes WHERE id = " + vault + " FOR NO KEY UPDATE");
        }
        return connection;
    }

    private static void awaitSome(Future<?> client) throws Exception {
        try {
            client.get(100, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException stillPushing) {
            assertThat(client).isNotDone();
        }
    }

    private static void assertUnavailable(CompletableFuture<Void> push) {
        assertFails(push, ErrorCode.UNAVAILABLE);
    }

    private static void assertFails(CompletableFuture<Void> push, ErrorCode code) {
        assertThatThrownBy(push::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }
}
