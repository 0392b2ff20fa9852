package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.log.LogAppender;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.postgresql.failover.Incarnations;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the statements of the log cost, as PostgreSQL plans them, and how often a push waits for it. */
class PostgresLogCostsTest {
    private static final int LONG = 200_000;
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared hit=(\\d+)");

    private final PostgresAccess access = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private final PostgresDatabase database = PostgresDatabase.open(vertx, access, 1);

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    @Test
    void a_page_of_a_long_log_is_read_from_its_cursor_on_and_nothing_is_sorted() {
        TestPostgres.execute(
                access,
                "INSERT INTO scopes (user_id, vault_id, log_id, created_at) VALUES ('user', 'vault', 'log', 0)",
                "INSERT INTO chunks SELECT 1, n, '', decode(repeat('00', 32), 'hex'), 'body' FROM generate_series(1, "
                        + LONG + ") n",
                "ANALYZE");

        List<String> plan = explain(PostgresLogReader.PAGE, "1, 1000, 'one', 100, 100, 1000000");

        assertThat(plan).noneMatch(line -> line.contains("Sort") || line.contains("Seq Scan"));
        assertThat(buffers(plan)).isLessThan(50);
    }

    @Test
    void a_walk_over_an_entity_with_many_ops_of_the_device_itself_costs_by_what_it_finds() {
        TestPostgres.execute(
                access,
                "INSERT INTO op_keys SELECT 1, n, n, 5, CASE WHEN n <= 3 THEN 2 ELSE 1 END, CASE WHEN n <= 3 THEN 0 ELSE 3 END"
                        + " FROM generate_series(1, " + LONG + ") n",
                "ANALYZE");

        List<String> plan =
                explain(EntityTails.WALK, "ARRAY[1], ARRAY[5], ARRAY[1], ARRAY[1], ARRAY[" + (LONG + 1) + "], 100");

        assertThat(plan).noneMatch(line -> line.contains("Seq Scan"));
        assertThat(buffers(plan)).isLessThan(50);
    }

    /** Returns the plan that is used for all values, after it was run. */
    private List<String> explain(String statement, String values) {
        TestPostgres.execute(
                access,
                "CREATE OR REPLACE FUNCTION explained(statement text, vals text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN"
                        + settings()
                        + " EXECUTE 'PREPARE explained AS ' || statement;"
                        + " RETURN QUERY EXECUTE 'EXPLAIN (ANALYZE, BUFFERS) EXECUTE explained (' || vals || ')'; END $$");
        return TestPostgres.rows(
                access,
                "SELECT explained($statement$" + statement + "$statement$, '" + values.replace("'", "''") + "')");
    }

    private static String settings() {
        return PostgresDatabase.BY_KEY.entrySet().stream()
                .map(setting -> " SET LOCAL %s = %s;".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining());
    }

    private static int buffers(List<String> plan) {
        Matcher first = BUFFERS.matcher(String.join("\n", plan));
        assertThat(first.find()).isTrue();
        return Integer.parseInt(requireNonNull(first.group(1)));
    }

    @Test
    void a_group_of_pushes_waits_twice_for_the_database_whatever_its_size() {
        List<Push> pushes = new ArrayList<>();
        for (long scope : scopes(20)) {
            pushes.add(LogOfNodes.push(LogOfNodes.device("one", scope), "own", 50, 0));
            pushes.add(LogOfNodes.push(LogOfNodes.device("one", scope), "own, too", 50, 1));
        }

        assertThat(turns(List.of(), pushes)).isEqualTo(2);
    }

    @Test
    void a_group_of_retries_waits_once_more_and_one_of_conflicts_twice() {
        List<Push> stored = new ArrayList<>();
        List<Push> conflicting = new ArrayList<>();
        for (long scope : scopes(10)) {
            stored.add(LogOfNodes.push(LogOfNodes.device("one", scope), "stored", 5, 0));
            conflicting.add(LogOfNodes.push(LogOfNodes.device("other", scope), "conflicting", 5, 1));
        }

        assertThat(turns(stored, stored)).isEqualTo(3);
        assertThat(turns(stored, conflicting)).isEqualTo(4);
    }

    @Test
    void bodies_are_compressed_by_lz4_if_postgresql_was_built_with_it() {
        long scope = scopes(1).get(0);

        turns(List.of(), List.of(LogOfNodes.push(LogOfNodes.device("one", scope), "own", 100, 0)));

        assertThat(TestPostgres.rows(access, "SELECT DISTINCT pg_column_compression(body) FROM chunks"))
                .isEqualTo(TestPostgres.rows(access, """
                        SELECT CASE WHEN 'lz4' = ANY(enumvals) THEN 'lz4' ELSE 'pglz' END
                        FROM pg_settings WHERE name = 'default_toast_compression'"""));
    }

    private List<Long> scopes(int count) {
        if (TestPostgres.rows(access, "SELECT id FROM users").isEmpty()) {
            PostgresScopes.addDevices(access, "one", "other");
        }
        return Stream.generate(() -> PostgresScopes.add(access)).limit(count).toList();
    }

    /** Returns how often it is waited for answers to commit a group, after another one was committed. */
    private int turns(List<Push> before, List<Push> group) {
        AtomicInteger turns = new AtomicInteger();
        PrimaryFinder primary = new PrimaryFinder(vertx, access, PostgresDatabase.BY_KEY);
        try (LogConnection connection = new LogConnection(primary, new PostgresFailures(), new Incarnations(true)) {
            @Override
            void send() {
                turns.incrementAndGet();
                super.send();
            }
        }) {
            PostgresLogRows rows = new PostgresLogRows(connection);
            commit(rows, before);
            turns.set(0);
            commit(rows, group);
            return turns.get();
        }
    }

    private static void commit(PostgresLogRows rows, List<Push> group) {
        rows.begin(false);
        assertThat(LogAppender.append(rows, group, 1, 0).results()).allMatch(PushResult.Accepted.class::isInstance);
        rows.commit();
    }
}
