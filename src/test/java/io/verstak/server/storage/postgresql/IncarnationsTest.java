package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.postgresql.failover.AfterRestore;
import io.verstak.server.storage.postgresql.failover.ScopeRenewal;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of logs when their PostgreSQL goes on from an earlier moment. {@code FailoverTortureIT} has real standbys. */
class IncarnationsTest {
    private static final long FIRST_AFTER = 1_000_000;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private final PostgresAccess access = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private long scope;
    private long quiet;
    private OpLog one;

    @BeforeEach
    void open() {
        one = node(access);
        PostgresScopes.addDevices(access, "dev");
        scope = PostgresScopes.add(access);
        quiet = PostgresScopes.add(access);
    }

    private OpLog node(PostgresAccess way) {
        PostgresDatabase database = PostgresDatabase.open(vertx, way, 1);
        OpLog log = database.openLog(1, 1, Clock.systemUTC(), Duration.ofHours(1));
        opened.add(log);
        opened.add(() -> await(database.close()));
        return log;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        await(vertx.close());
    }

    @Test
    void after_a_promotion_each_log_goes_on_higher_with_its_first_op_and_readers_are_told_of_the_gap() {
        OpLog other = node(access);
        assertThat(push(one, scope, "a")).isEqualTo(1);
        assertThat(push(one, quiet, "q")).isEqualTo(1);
        promote();

        assertThat(push(other, scope, "b")).isEqualTo(FIRST_AFTER + 2);
        assertThat(push(one, scope, "c")).isEqualTo(FIRST_AFTER + 3);
        assertThat(push(one, quiet, "r")).isEqualTo(FIRST_AFTER + 2);

        JsonNode page = page(one, scope, 5);
        assertThat(page.required("gap").booleanValue()).isTrue();
        assertThat(page.required("log_id").textValue()).isEqualTo("log");
        assertThat(page.required("ops").findValuesAsText("op_id")).containsExactly("b 0", "c 0");
        assertThat(TestPostgres.rows(access, "SELECT after_seq, until_seq FROM log_skips WHERE scope_id = " + scope))
                .containsExactly("1|" + (FIRST_AFTER + 1));
        assertThat(TestPostgres.rows(access, "SELECT count(*) FROM audit_log WHERE type = 'failover'"))
                .containsExactly("1");
    }

    @Test
    void a_restart_of_postgresql_changes_nothing() {
        push(one, scope, "a");
        cut();

        assertThat(push(one, scope, "b")).isEqualTo(2);
    }

    @Test
    void a_retry_or_a_page_moves_no_counter_and_a_cursor_above_the_head_needs_no_further_gap() {
        push(one, scope, "a");
        promote();
        assertThat(push(one, scope, "a")).isEqualTo(1);

        LogPage page = one.read(LogOfNodes.device("dev", scope), 500, 10, 1 << 20);

        assertThat(page.beyond()).isFalse();
        assertThat(one.skipTo(LogOfNodes.device("dev", scope), 500)).isFalse();
        assertThat(push(one, scope, "b")).isEqualTo(FIRST_AFTER + 2);
    }

    @Test
    void a_loss_of_what_was_acknowledged_is_proven_and_gives_every_log_another_id_before_its_next_op() {
        LOG.expectError("acknowledged operations are lost");
        push(one, scope, "a");
        push(one, quiet, "q");
        push(one, scope, "b");
        TestPostgres.execute(
                access,
                "DELETE FROM op_keys WHERE scope_id = " + scope + " AND seq = 2",
                "DELETE FROM chunks WHERE scope_id = " + scope + " AND last_seq = 2",
                "UPDATE scopes SET head = 1, counter = 1, chain = (SELECT c.chain FROM chunks c WHERE c.scope_id = scopes.id)"
                        + " WHERE id = " + scope);
        promote();

        assertThat(push(one, scope, "c")).isEqualTo(FIRST_AFTER + 2);

        String renewed = page(one, scope, 0).required("log_id").textValue();
        String derived = page(one, quiet, 0).required("log_id").textValue();
        assertThat(renewed).hasSize(32);
        assertThat(derived).hasSize(32);
        assertThat(logId(quiet)).isEqualTo("log");
        push(one, quiet, "r");
        assertThat(logId(quiet)).isEqualTo(derived);
        assertThat(logId(scope)).isEqualTo(renewed);
    }

    @Test
    void numbers_that_were_given_after_a_promotion_that_is_itself_lost_are_left_out_too() {
        push(one, scope, "a");
        promote();
        push(one, scope, "b");
        TestPostgres.execute(
                access,
                "DELETE FROM incarnations WHERE n = 1",
                "UPDATE scopes SET counter = 1, incarnation = 0 WHERE id = " + scope,
                "DELETE FROM log_skips");
        cut();

        assertThat(push(one, scope, "c")).isEqualTo(2 * FIRST_AFTER + 2);
    }

    @Test
    void a_node_that_is_not_to_look_leaves_out_nothing_until_an_operator_says_so() {
        OpLog off = node(
                new PostgresAccess(access.url(), access.user(), access.password(), access.tls(), access.node(), false));
        push(one, scope, "a");
        promote();
        assertThat(push(off, scope, "b")).isEqualTo(2);

        assertThat(afterRestore()).isEqualTo(2);
        cut();

        assertThat(push(off, scope, "c")).isEqualTo(FIRST_AFTER + 3);
        assertThat(logId(scope)).hasSize(32);
    }

    @Test
    void nothing_is_done_to_a_restored_database_while_a_node_serves_it() {
        PostgresDatabase database = PostgresDatabase.open(vertx, access, 1);
        opened.add(() -> await(database.close()));
        await(new NodeStore(database).beat(new Node("one", "1", "1", 1, "here")));

        assertThatThrownBy(() -> await(new AfterRestore(database).run()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("node one at here uses the database")
                .hasMessageContaining("stop all nodes");
    }

    @Test
    void all_logs_at_once_become_what_each_would_with_its_next_op() {
        push(one, scope, "a");
        push(one, quiet, "q");
        afterRestore();
        cut();
        push(one, scope, "b");
        String state = "SELECT counter - operations, last_skip, incarnation, log_id FROM scopes WHERE id = ";
        String skips = "SELECT after_seq, until_seq FROM log_skips WHERE scope_id = ";

        TestPostgres.execute(access, ScopeRenewal.all());

        assertThat(TestPostgres.rows(access, state + quiet)).isEqualTo(TestPostgres.rows(access, state + scope));
        assertThat(TestPostgres.rows(access, skips + quiet)).isEqualTo(TestPostgres.rows(access, skips + scope));
        assertThat(push(one, quiet, "r")).isEqualTo(FIRST_AFTER + 2);
    }

    private long afterRestore() {
        PostgresDatabase database = PostgresDatabase.open(vertx, access, 1);
        opened.add(() -> await(database.close()));
        return await(new AfterRestore(database).run());
    }

    /** As far as a node can tell: what it asked for its place comes back otherwise, on a new connection. */
    private void promote() {
        TestPostgres.execute(access, "UPDATE incarnations SET place = '0000000A/1'");
        cut();
    }

    private void cut() {
        TestPostgres.executeOutside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                + TestPostgres.name(access) + "'");
    }

    private String logId(long of) {
        return TestPostgres.rows(access, "SELECT log_id FROM scopes WHERE id = " + of)
                .get(0);
    }

    /** Returns the sequence of its op. */
    private static long push(OpLog log, long scope, String name) {
        PushResult result = log.commit(List.of(LogOfNodes.push(LogOfNodes.device("dev", scope), name, 1, 0)))
                .get(0);
        return json(((PushResult.Accepted) result).json())
                .required("sequences")
                .get(0)
                .longValue();
    }

    private static JsonNode page(OpLog log, long scope, long cursor) {
        return json(log.read(LogOfNodes.device("dev", scope), cursor, 10, 1 << 20)
                .json()
                .getBytes());
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return new JsonMapper().readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
