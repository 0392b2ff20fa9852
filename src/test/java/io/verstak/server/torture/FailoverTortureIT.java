package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.machine.FakeClock;
import io.verstak.server.testkit.machine.PostgresPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on a PostgreSQL whose primary is lost, restarted, cut off from its standby, and replaced by it; and a node with a wrong clock. */
class FailoverTortureIT {
    private static final int OPS = 300;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String PULL = "{\"since_sequence\":0}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static PostgresPair postgres;

    private static final List<PackagedServer> NODES = new ArrayList<>();
    private static final S3Access BUCKET = TestS3.newPrefix();

    @BeforeAll
    static void start() throws IOException {
        postgres = PostgresPair.start();
        Files.write(folder.resolve("secret.key"), new byte[32]);
        for (String name : List.of("one", "two")) {
            NODES.add(PackagedServer.start(configured(name)));
        }
        NODES.get(0).addUser(Scope.USER, Scope.PASSWORD);
    }

    @AfterAll
    static void stop() {
        NODES.forEach(PackagedServer::close);
        postgres.close();
    }

    /** Returns a data directory with a configuration in it. */
    private static Path configured(String name) throws IOException {
        Path data = Files.createDirectory(folder.resolve(name));
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.putObject("database")
                .put("url", postgres.url())
                .put("user", "postgres")
                .put("tls", "disable")
                .put("requireSynchronousStandby", name.equals("strict"));
        config.putObject("node").put("name", name);
        config.putObject("secrets").put("keyFile", folder.resolve("secret.key").toString());
        config.putObject("metrics").put("enabled", false);
        ObjectNode objects = config.putObject("objects");
        TestS3.settings(BUCKET, folder).forEach((key, value) -> objects.put(key.replace("objects.", ""), value));
        Files.writeString(data.resolve("verstak-server.json"), new JsonMapper().writeValueAsString(config));
        return data;
    }

    @Test
    void what_a_lost_primary_had_acknowledged_is_kept_or_known_to_be_missing() throws Exception {
        postgres.follow();
        anAsynchronousStandbyThatLacksOps();
        if (Form.isLong()) {
            postgres.follow();
            aSynchronousStandbyLosesNothing();
            restartsAndKilledConnections();
            cancelledWaits();
            postgres.follow();
            aWrongClock();
        }
    }

    private void aSynchronousStandbyLosesNothing() throws Exception {
        postgres.makeSynchronous();
        SharedLoad load = SharedLoad.on(NODES);
        int cycles = 20;
        for (int cycle = 0; cycle < cycles; cycle++) {
            load.awaitOps(OPS);
            postgres.failOver();
            load.awaitOps(OPS);
            postgres.follow();
            postgres.makeSynchronous();
        }

        assertThat(load.stopAndCountLost()).isZero();
        report("lost primaries, synchronous standby", cycles, load);
    }

    /** They are skipped over, and logs get other ids. */
    private void anAsynchronousStandbyThatLacksOps() throws Exception {
        try (Desktop desktop = pair("alone")) {
            int cycles = Form.cycles(1, 10);
            for (int cycle = 0; cycle < cycles; cycle++) {
                SharedLoad load = SharedLoad.on(NODES);
                load.awaitOps(OPS);
                String before = logId(desktop);
                postgres.cutStandbyOff();
                load.awaitOps(OPS);
                desktop.make(OutboxOp.note("n", "lost")).sync();
                long cursor = desktop.cursor();
                postgres.failOver();
                load.awaitOps(OPS);

                assertThat(load.stopAndCountLost()).isPositive();
                assertThat(postgres.rows("SELECT 1 FROM audit_log WHERE type = 'failover'"))
                        .hasSizeGreaterThan(cycle);
                awaitOtherLogId(desktop, before);
                try (Desktop writing = pair("alone")) {
                    writing.make(OutboxOp.note("n", "after " + cycle)).push();
                }
                int known = desktop.applied().size();
                assertThat(desktop.pull().applied()).hasSize(known + 1);
                assertThat(desktop.cursor()).isGreaterThan(cursor + 900_000);
                report("lost primaries, asynchronous standby that lacked ops", 1, load);
                postgres.follow();
            }
        }
    }

    /** What proves the loss is found by whichever node has acknowledged last, within seconds. */
    private static void awaitOtherLogId(Desktop desktop, String before) throws IOException {
        await(() -> {
            String now = logId(desktop);
            return !now.isEmpty() && !now.equals(before);
        });
    }

    private void restartsAndKilledConnections() throws Exception {
        SharedLoad load = SharedLoad.on(NODES);
        int cycles = 20;
        for (int cycle = 0; cycle < cycles; cycle++) {
            for (String mode : List.of("fast", "immediate")) {
                load.awaitOps(OPS);
                postgres.restart(mode);
            }
            for (int i = 0; i < 10; i++) {
                load.awaitOps(10);
                postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE pid <> pg_backend_pid() AND application_name LIKE 'verstak%'");
            }
            load.awaitOps(OPS);
        }

        assertThat(load.stopAndCountLost()).isZero();
        assertThat(postgres.rows("SELECT max(until_seq) - max(after_seq) FROM log_skips"))
                .allMatch(gap -> gap.equals("null") || Long.parseLong(gap) % 1_000_000 == 0);
        report("restarts of PostgreSQL, fast and immediate, and 10 times all connections killed", cycles, load);
    }

    private void cancelledWaits() throws Exception {
        try (PackagedServer strict = strict()) {
            SharedLoad load = SharedLoad.on(NODES);
            load.awaitOps(OPS);
            postgres.makeSynchronous();
            assertThat(ready(strict).status()).isEqualTo(200);
            postgres.cutStandbyOff();
            postgres.await("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
            long acknowledged = load.acknowledgedOps();

            for (int i = 0; i < 200; i++) {
                postgres.await("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
                postgres.execute("SELECT " + (i % 2 == 0 ? "pg_cancel_backend" : "pg_terminate_backend")
                        + "(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
            }

            assertThat(load.acknowledgedOps()).isEqualTo(acknowledged);
            await(() -> ready(strict).status() == 503);
            assertThat(ready(strict).text()).contains("no_synchronous_standby");
            postgres.follow();
            postgres.makeSynchronous();
            load.awaitOps(OPS);
            postgres.failOver();
            load.awaitOps(OPS);
            assertThat(load.stopAndCountLost()).isZero();
            report("cancelled and ended waits for the standby", 200, load);
        }
    }

    private static PackagedServer strict() throws IOException {
        postgres.makeSynchronous();
        PackagedServer strict = PackagedServer.start(configured("strict"));
        postgres.follow();
        return strict;
    }

    private void aWrongClock() throws Exception {
        FakeClock clock = new FakeClock(folder, "+0s");
        try (PackagedServer wrong = PackagedServer.startWithin(clock.wrapper(), "", configured("wrong"))) {
            String session = login(NODES.get(0));
            for (String step : List.of("+10m", "-10m", "+1d")) {
                clock.set(step);

                await(() -> ready(wrong).status() == 503);
                assertThat(ready(wrong).text()).contains("clock_wrong");
                assertThat(devices(wrong, session)).isEqualTo(200);
                Instant told = Instant.parse(
                        ready(wrong).json().required("server_time").textValue());
                assertThat(Duration.between(told, Instant.now()).abs()).isLessThan(Duration.ofSeconds(5));
                assertThat(devices(NODES.get(1), login(wrong))).isEqualTo(200);
            }
            postgres.execute("UPDATE sessions SET expires_at = (SELECT millis FROM database_clock) - 1000");
            assertThat(devices(wrong, session)).isEqualTo(401);
            clock.set("+0s");
            await(() -> ready(wrong).status() == 200);
            assertThat(wrong.lines().toString()).contains("sessions and links go by the database's");
        }
    }

    private static String login(PackagedServer node) throws IOException {
        return Http.once(
                        node.port(),
                        Request.post(
                                "/api/v1/auth/login",
                                "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(Scope.USER, Scope.PASSWORD)))
                .json()
                .required("token")
                .textValue();
    }

    private static int devices(PackagedServer node, String session) throws IOException {
        return Http.once(node.port(), Request.get("/api/v1/user/devices").bearer(session))
                .status();
    }

    private static Answer ready(PackagedServer node) throws IOException {
        return Http.once(node.port(), Request.get("/readyz"));
    }

    private static Desktop pair(String vault) {
        return Desktop.pair(NODES.get(0)::port, Scope.USER, Scope.PASSWORD, vault);
    }

    private static String logId(Desktop desktop) throws IOException {
        for (PackagedServer node : NODES) {
            Answer answer = Http.once(
                    node.port(), Request.post("/api/v1/sync/pull", PULL).bearer(desktop.token()));
            if (answer.status() == 200) {
                JsonNode page = answer.json();
                return page.required("log_id").textValue();
            }
        }
        return "";
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws IOException {
        long begun = System.nanoTime();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - begun).isLessThan(PATIENCE_NANOS);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void report(String what, int times, SharedLoad load) {
        Form.report("%s: %s times, %s ops acknowledged, the longest push took %s ms"
                .formatted(what, times, load.acknowledgedOps(), load.longestMillis()));
    }
}
