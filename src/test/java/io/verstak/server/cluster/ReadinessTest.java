package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.PostgresProxy;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.S3Proxy;
import io.verstak.server.testkit.S3Proxy.Fault;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** When a node on PostgreSQL and S3 says that it cannot serve, and why. */
class ReadinessTest {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(18);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private final MutableClock clock = new MutableClock();
    private final PostgresAccess database = TestPostgres.newDatabaseWithSchema();
    private final S3Access bucket = TestS3.newPrefix();
    private final PostgresProxy postgres = new PostgresProxy();
    private final S3Proxy s3 = new S3Proxy();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path keys;

    private TestServer node;

    @BeforeEach
    void start() {
        Map<String, String> settings = new HashMap<>(TestS3.settings(s3.before(bucket), keys));
        settings.put("database.url", postgres.before(database).url());
        settings.put("database.user", database.user());
        settings.put("database.tls", "disable");
        node = TestServer.start(clock, settings);
    }

    @AfterEach
    void stop() {
        s3.heal();
        postgres.release();
        node.close();
        s3.close();
        postgres.close();
        TestPostgres.drop(database);
    }

    @Test
    void a_database_that_is_silent_makes_the_node_unready_within_seconds() {
        LOG.expectError("the database");
        assertThat(ready().status()).isEqualTo(200);
        postgres.hold();
        long begun = System.nanoTime();

        // Other nodes cannot be heard either, as is found some seconds later.
        assertThat(reasons(unready())).startsWith("database_unreachable");
        assertThat(System.nanoTime() - begun).isLessThan(LIMIT_NANOS);
        assertThat(node.send(Request.get("/livez")).status()).isEqualTo(200);
        postgres.release();
        Blobs.until(() -> ready().status() == 200);
    }

    @Test
    void a_bucket_that_refuses_makes_the_node_unready_with_one_line_in_the_log() {
        s3.failAll(Fault.ACCESS_DENIED, request -> true);

        unready("blob_storage_refuses");
        unready("blob_storage_refuses");

        assertThat(LOG.lines())
                .filteredOn(line -> line.contains("the store of blobs does not keep what it is given"))
                .singleElement()
                .asString()
                .contains("may not put, get and delete objects there");
        s3.heal();
        Blobs.until(() -> ready().status() == 200);
    }

    @Test
    void a_schema_of_a_newer_release_makes_the_node_unready_and_ends_it() {
        LOG.expectError("this node ends: database.url: the schema was upgraded by a newer release");
        TestPostgres.execute(
                database, "UPDATE schema_version SET version = version + 1000, oldest_reader = version + 1000");

        unready("schema_unknown");
        Blobs.until(() -> LOG.lines().stream().anyMatch(line -> line.contains("this node ends")));
    }

    @Test
    void commits_that_are_not_on_the_disk_when_they_are_answered_make_the_node_unready() {
        TestPostgres.execute(
                database,
                "ALTER DATABASE %s SET synchronous_commit = off".formatted(TestPostgres.name(database)),
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        LOG.expectError("the database");

        Blobs.until(() -> reasons(ready()).contains("database_not_durable"));

        assertThat(ready().status()).isEqualTo(503);
    }

    @Test
    void a_node_that_hears_nothing_of_the_others_serves_and_says_so_once() {
        postgres.deafen(true);

        Blobs.until(() -> reasons(ready()).equals(List.of("nodes_not_heard")));

        assertThat(ready().status()).isEqualTo(200);
        assertThat(ready().json().required("status").textValue()).isEqualTo("degraded");
        // It is logged behind what the answer tells.
        Blobs.until(
                () -> LOG.lines().stream().anyMatch(line -> line.contains("nodes do not hear of each other at once")));
        assertThat(LOG.lines())
                .filteredOn(line -> line.contains("nodes do not hear of each other at once"))
                .singleElement()
                .asString()
                .contains("Name PostgreSQL itself in database.url");
        postgres.deafen(false);
        Blobs.until(() -> reasons(ready()).isEmpty());
        Blobs.until(() ->
                LOG.lines().stream().anyMatch(line -> line.contains("nodes do not hear of each other at once: over")));
    }

    private void unready(String reason) {
        assertThat(reasons(unready())).containsExactly(reason);
    }

    private Answer unready() {
        Answer answer = ready();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
        return answer;
    }

    /** Nothing that was found before counts. */
    private Answer ready() {
        clock.advance(Duration.ofMinutes(1));
        return node.send(Request.get("/readyz"));
    }

    private static List<String> reasons(Answer answer) {
        List<String> reasons = new ArrayList<>();
        answer.json().path("reasons").forEach(reason -> reasons.add(reason.textValue()));
        return reasons;
    }
}
