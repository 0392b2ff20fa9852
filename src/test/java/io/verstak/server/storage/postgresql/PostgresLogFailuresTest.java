package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of pushes and pages when the database refuses, is away, or another node has ended a device's access. */
class PostgresLogFailuresTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** A search for the database takes longer. */
    private static final Duration SEARCH = Duration.ofMillis(4_900);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private final PostgresAccess access = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private PostgresDatabase database;
    private OpLog log;
    private long scope;

    @BeforeEach
    void open() {
        database = PostgresDatabase.open(vertx, access, 1);
        PostgresScopes.addDevices(access, "one", "other");
        scope = PostgresScopes.add(access);
        log = database.openLog(2, 1, Clock.systemUTC(), Duration.ofHours(1));
    }

    @AfterEach
    void close() {
        log.close();
        await(database.close());
        await(vertx.close());
    }

    @Test
    void a_device_that_another_node_has_revoked_is_refused_alone_with_its_next_push_and_pull() {
        assertAccepted(log.commit(List.of(push("one", "a"), push("other", "b"))));
        TestPostgres.execute(access, "UPDATE devices SET revoked_at = 1 WHERE id = 'other'");

        List<PushResult> results = log.commit(List.of(push("other", "c"), push("one", "d")));

        assertRefused(results.get(0), ErrorCode.UNAUTHORIZED);
        assertAccepted(results.subList(1, 2));
        assertFails(() -> log.read(device("other"), 0, 10, 1 << 20), ErrorCode.UNAUTHORIZED);
        assertThat(log.read(device("one"), 0, 10, 1 << 20).head()).isEqualTo(3);
    }

    @Test
    void what_a_device_may_add_is_what_the_transaction_reads_and_not_what_this_node_remembers() {
        assertAccepted(log.commit(List.of(push("other", "b"))));
        TestPostgres.execute(access, "UPDATE devices SET read_only = 1 WHERE id = 'other'");

        List<PushResult> results = log.commit(List.of(push("other", "c"), push("one", "d"), push("other", "b")));

        assertRefused(results.get(0), ErrorCode.READ_ONLY);
        assertAccepted(results.subList(1, 3));
        DeviceIdentity remembered = new DeviceIdentity("other", new Scope(scope, "user", "vault"), "user", true);
        TestPostgres.execute(access, "UPDATE devices SET read_only = 0 WHERE id = 'other'");
        assertAccepted(log.commit(List.of(LogOfNodes.push(remembered, "e", 1, 0))));
    }

    @Test
    void devices_of_a_user_that_another_node_has_blocked_are_refused_and_those_of_a_deleted_user_are_unknown() {
        TestPostgres.execute(access, "UPDATE users SET blocked = 1");

        assertRefused(log.commit(List.of(push("one", "a"))).get(0), ErrorCode.FORBIDDEN);
        assertFails(() -> log.read(device("one"), 0, 10, 1 << 20), ErrorCode.FORBIDDEN);

        TestPostgres.execute(access, "DELETE FROM users");

        assertRefused(log.commit(List.of(push("one", "a"))).get(0), ErrorCode.UNAUTHORIZED);
        assertFails(() -> log.read(device("one"), 0, 10, 1 << 20), ErrorCode.UNAUTHORIZED);
    }

    @Test
    void a_commit_that_brings_a_warning_is_not_acknowledged_and_a_retry_is() {
        atCommit("RAISE WARNING 'canceling wait for synchronous replication due to user request';");

        assertFails(() -> log.commit(List.of(push("one", "a"))), ErrorCode.UNAVAILABLE);

        TestPostgres.execute(access, "DROP TRIGGER at_commit ON chunks");
        assertAccepted(log.commit(List.of(push("one", "a"))));
        assertThat(LogOfNodes.check(access, scope)).containsExactly("a 0");
    }

    @Test
    void a_commit_that_fails_stores_nothing_and_a_full_disk_is_told_as_such() {
        LOG.expectError("the database failed");
        atCommit("RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full';");

        assertFails(() -> log.commit(List.of(push("one", "a"))), ErrorCode.STORAGE_FULL);

        assertThat(LogOfNodes.check(access, scope)).isEmpty();
    }

    @Test
    void a_conflict_with_another_transaction_is_tried_again_and_one_that_lasts_is_refused() {
        LOG.expectError("the database failed");
        TestPostgres.execute(access, "CREATE SEQUENCE tries");
        atCommit(
                "IF nextval('tries') < 3 THEN RAISE EXCEPTION 'conflict' USING ERRCODE = 'deadlock_detected'; END IF;");

        assertAccepted(log.commit(List.of(push("one", "a"))));

        TestPostgres.execute(access, "ALTER SEQUENCE tries MINVALUE -1000 RESTART WITH -1000");
        assertFails(() -> log.commit(List.of(push("one", "b"))), ErrorCode.UNAVAILABLE);
        assertThat(LogOfNodes.check(access, scope)).containsExactly("a 0");
    }

    @Test
    void a_database_that_is_away_is_looked_for_and_what_waits_behind_is_refused_at_once() {
        LOG.expectError("the database");
        assertAccepted(log.commit(List.of(push("one", "a"))));
        String name = TestPostgres.name(access);
        TestPostgres.executeOutside(
                "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");

        assertFails(() -> log.commit(List.of(push("one", "b"))), ErrorCode.UNAVAILABLE);
        long begun = System.nanoTime();
        assertFails(() -> log.commit(List.of(push("one", "b"))), ErrorCode.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SEARCH);
        assertFails(() -> log.read(device("one"), 0, 10, 1 << 20), ErrorCode.UNAVAILABLE);

        TestPostgres.executeOutside("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
        List<PushResult> results = commitOnceItIsBack(push("one", "b"));
        assertAccepted(results);
        assertThat(LogOfNodes.check(access, scope)).containsExactly("a 0", "b 0");
    }

    private List<PushResult> commitOnceItIsBack(Push push) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return log.commit(List.of(push));
            } catch (ServerException givenUp) {
                assertThat(System.nanoTime()).isLessThan(end);
            }
        }
    }

    /** Runs PL/pgSQL within each COMMIT that adds a chunk. */
    private void atCommit(String statements) {
        TestPostgres.execute(
                access,
                "CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statements
                        + " RETURN NULL; END $$",
                "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON chunks DEFERRABLE INITIALLY DEFERRED"
                        + " FOR EACH ROW EXECUTE FUNCTION at_commit()");
    }

    private DeviceIdentity device(String id) {
        return LogOfNodes.device(id, scope);
    }

    private Push push(String device, String name) {
        return LogOfNodes.push(device(device), name, 1, 0);
    }

    private static void assertAccepted(List<PushResult> results) {
        assertThat(results).isNotEmpty().allMatch(PushResult.Accepted.class::isInstance);
    }

    private static void assertRefused(PushResult result, ErrorCode code) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        PushResult.Refused.class,
                        refused -> assertThat(refused.reason().code()).isEqualTo(code));
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }
}
