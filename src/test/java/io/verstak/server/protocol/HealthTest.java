package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 6: whether the server lives, and whether it is fit to serve. */
class HealthTest {
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of());

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/health", "/readyz"})
    void a_fit_server_says_so_and_what_it_is(String path) {
        Answer answer = get(path);

        JsonNode health = answer.json();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(health.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "status",
                        "version",
                        "build_commit",
                        "uptime_seconds",
                        "database_reachable",
                        "blob_storage_writable",
                        "schema_version",
                        "server_time");
        assertThat(health.required("status").textValue()).isEqualTo("ok");
        assertThat(health.required("version").textValue()).isNotBlank();
        assertThat(health.required("build_commit").textValue()).isNotBlank();
        assertThat(health.required("uptime_seconds").isIntegralNumber()).isTrue();
        assertThat(health.required("database_reachable").booleanValue()).isTrue();
        assertThat(health.required("blob_storage_writable").booleanValue()).isTrue();
        assertThat(health.required("schema_version").intValue()).isPositive();
        assertThat(health.required("server_time").textValue()).matches("2026-11-22T\\d\\d:\\d\\d:\\d\\dZ");
    }

    @Test
    void liveness_says_that_the_process_answers_and_no_more() {
        JsonNode live = get("/livez").json();

        assertThat(live.fieldNames()).toIterable().containsExactlyInAnyOrder("status", "server_time");
        assertThat(live.required("status").textValue()).isEqualTo("ok");
        assertThat(live.required("server_time").textValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    @Test
    void s43_uptime_counts_whole_seconds_and_no_answer_shows_a_path() {
        long before = get("/readyz").json().required("uptime_seconds").longValue();
        CLOCK.advance(Duration.ofMinutes(2));

        Answer after = get("/readyz");

        assertThat(after.json().required("uptime_seconds").longValue()).isEqualTo(before + 120);
        for (String path : new String[] {"/readyz", "/api/v1/health", "/livez"}) {
            assertThat(get(path).text())
                    .doesNotContain("/", SERVER.data().getFileName().toString() + "\"");
        }
    }

    @Test
    void s43_the_blob_folder_is_probed_once_in_a_few_seconds_however_often_somebody_asks() throws Exception {
        CLOCK.advance(Duration.ofMinutes(1));
        assertThat(get("/readyz").status()).isEqualTo(200);
        Path temp = SERVER.data().resolve("tmp");
        remove(temp);
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(get("/readyz").status()).isEqualTo(200);
            }
            CLOCK.advance(Duration.ofMinutes(1));

            Answer degraded = get("/api/v1/health");

            assertThat(degraded.status()).isEqualTo(503);
            assertThat(degraded.header("Retry-After")).matches("[1-9][0-9]*");
            assertThat(degraded.json().required("status").textValue()).isEqualTo("degraded");
            assertThat(degraded.json().required("blob_storage_writable").booleanValue())
                    .isFalse();
            assertThat(degraded.json().required("database_reachable").booleanValue())
                    .isTrue();
            assertThat(degraded.text()).doesNotContain("tmp", "/");
            assertThat(get("/livez").status()).isEqualTo(200);
        } finally {
            Files.createDirectory(temp);
        }
        CLOCK.advance(Duration.ofMinutes(1));
        assertThat(get("/readyz").status()).isEqualTo(200);
    }

    @Test
    void a_server_whose_database_cannot_be_read_is_degraded_and_lives() {
        LOG.expectError("the database failed");
        SERVER.execute("ALTER TABLE users RENAME TO users_gone");
        CLOCK.advance(Duration.ofMinutes(1));
        try {
            Answer degraded = get("/readyz");

            assertThat(degraded.status()).isEqualTo(503);
            assertThat(degraded.json().required("database_reachable").booleanValue())
                    .isFalse();
            assertThat(get("/livez").status()).isEqualTo(200);
        } finally {
            SERVER.execute("ALTER TABLE users_gone RENAME TO users");
        }
        CLOCK.advance(Duration.ofMinutes(1));
        assertThat(get("/readyz").status()).isEqualTo(200);
    }

    private static Answer get(String path) {
        return SERVER.send(Request.get(path));
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
