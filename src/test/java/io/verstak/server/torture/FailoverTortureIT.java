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
import io.verstak.server.testkit.machine.PostgresPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on a PostgreSQL whose primary is lost, and replaced by a standby that lacks what was acknowledged. */
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

    @BeforeEach
    void aStandby() {
        postgres.follow();
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
                .put("tls", "disable");
        config.putObject("node").put("name", name);
        config.putObject("secrets").put("keyFile", folder.resolve("secret.key").toString());
        config.putObject("metrics").put("enabled", false);
        ObjectNode objects = config.putObject("objects");
        TestS3.settings(BUCKET, folder).forEach((key, value) -> objects.put(key.replace("objects.", ""), value));
        Files.writeString(data.resolve("verstak-server.json"), new JsonMapper().writeValueAsString(config));
        return data;
    }

    @Test
    void ops_that_an_asynchronous_standby_lacks_are_skipped_over_and_logs_get_other_ids() throws Exception {
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
