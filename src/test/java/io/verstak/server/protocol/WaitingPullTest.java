package io.verstak.server.protocol;

import static io.verstak.server.protocol.SentPull.A_WHILE;
import static io.verstak.server.protocol.SentPull.PROMPT;
import static io.verstak.server.protocol.SentPull.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 8: a pull whose empty page is held back. */
class WaitingPullTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("alice")
            .withUser("bob")
            .withUser("carol")
            .withUser("dora");

    @Test
    void an_empty_page_is_held_back_until_an_op_arrives() throws IOException {
        Desktop reader = SERVER.pair("alice", "arrives");
        Desktop writer = SERVER.pair("alice", "arrives");
        try (SentPull pull = SentPull.of(SERVER, reader.token(), 0, 25)) {
            assertThat(pull.isWaiting()).isTrue();

            OutboxOp op = OutboxOp.note("n", "text");
            Sync.push(SERVER, writer, op);
            JsonNode page = pull.http().read().json();

            assertThat(page.required("ops")).hasSize(1);
            assertThat(page.required("ops").get(0).required("op_id").textValue())
                    .isEqualTo(op.opId());
            assertThat(page.required("server_sequence").longValue()).isEqualTo(1);
            assertThat(page.required("page_last_sequence").longValue()).isEqualTo(1);
            assertThat(page.required("has_more").booleanValue()).isFalse();
            assertThat(page.required("log_id").textValue()).isNotEmpty();
            assertThat(pull.since()).isLessThan(A_WHILE.plus(PROMPT));
        }
    }

    @Test
    void an_op_of_the_device_itself_ends_its_wait_as_well() throws IOException {
        Desktop device = SERVER.pair("alice", "own");
        try (SentPull pull = SentPull.of(SERVER, device.token(), 0, 25)) {
            assertThat(pull.isWaiting()).isTrue();
            Sync.push(SERVER, device, OutboxOp.note("n", "text"));
            assertThat(pull.http().read().json().required("ops")).hasSize(1);
        }
    }

    @Test
    void without_an_op_the_empty_page_comes_when_the_time_is_over_and_the_connection_goes_on() throws IOException {
        Desktop device = SERVER.pair("alice", "quiet");
        Sync.push(SERVER, device, OutboxOp.note("n", "text"));
        try (SentPull pull = SentPull.of(SERVER, device.token(), 1, 1)) {
            JsonNode page = pull.http().read().json();

            assertThat(pull.since()).isBetween(Duration.ofMillis(990), PROMPT);
            assertThat(page.required("ops")).isEmpty();
            assertThat(page.required("page_last_sequence").longValue()).isEqualTo(1);
            assertThat(page.required("server_sequence").longValue()).isEqualTo(1);
            assertThat(page.required("has_more").booleanValue()).isFalse();
            assertThat(pull.http().send(request(device.token(), 0, 25)).json().required("ops"))
                    .hasSize(1);
        }
    }

    @Test
    void a_page_with_ops_is_never_held_back() {
        Desktop device = SERVER.pair("alice", "full");
        Sync.push(SERVER, device, OutboxOp.note("n", "text"));
        long before = System.nanoTime();

        Answer answer = SERVER.send(request(device.token(), 0, 25));

        assertThat(answer.json().required("ops")).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PROMPT);
    }

    @Test
    void neither_another_vault_nor_a_retried_push_ends_a_wait() throws IOException {
        Desktop device = SERVER.pair("alice", "mine");
        Desktop elsewhere = SERVER.pair("alice", "other");
        OutboxOp op = OutboxOp.note("n", "text");
        Sync.push(SERVER, device, op);
        try (SentPull pull = SentPull.of(SERVER, device.token(), 1, 25)) {
            assertThat(pull.isWaiting()).isTrue();
            Sync.push(SERVER, elsewhere, OutboxOp.note("n", "text"));
            Sync.push(SERVER, device, op);
            assertThat(pull.isWaiting()).isTrue();
            Sync.push(SERVER, device, OutboxOp.note("n", "more"));
            assertThat(pull.http().read().json().required("ops")).hasSize(1);
        }
    }

    @Test
    void pulls_that_are_woken_together_each_get_the_page_they_asked_for() throws IOException {
        Desktop writer = SERVER.pair("alice", "together");
        Desktop reader = SERVER.pair("alice", "together");
        Sync.push(SERVER, writer, OutboxOp.note("n", "old"));
        List<SentPull> pulls = new ArrayList<>();
        try {
            for (int number = 0; number < 40; number++) {
                pulls.add(SentPull.of(SERVER, reader.token(), 1, 25));
            }
            Http one = Http.connect(SERVER.port());
            one.write(Request.post(Sync.PULL, "{\"since_sequence\":1,\"page_limit\":1,\"wait_seconds\":25}")
                    .bearer(reader.token())
                    .bytes());
            pulls.add(new SentPull(one, System.nanoTime()));
            assertThat(pulls.get(40).isWaiting()).isTrue();

            Sync.push(SERVER, writer, OutboxOp.note("n", "text"), OutboxOp.note("n", "more"));

            for (SentPull pull : pulls) {
                JsonNode page = pull.http().read().json();
                assertThat(page.required("ops")).hasSize(pull.http() == one ? 1 : 2);
                assertThat(page.required("has_more").booleanValue()).isEqualTo(pull.http() == one);
                assertThat(page.required("server_sequence").longValue()).isEqualTo(3);
            }
        } finally {
            for (SentPull pull : pulls) {
                pull.close();
            }
        }
    }

    @Test
    void who_comes_back_with_the_head_it_was_woken_with_waits_on() throws IOException {
        Desktop device = SERVER.pair("alice", "again");
        try (SentPull others = SentPull.of(SERVER, device.token(), 0, 25);
                SentPull pull = SentPull.of(SERVER, device.token(), 0, 25)) {
            assertThat(others.isWaiting()).isTrue();
            assertThat(pull.isWaiting()).isTrue();
            Sync.push(SERVER, device, OutboxOp.note("n", "text"));
            assertThat(pull.http().read().json().required("ops")).hasSize(1);
            assertThat(others.http().read().json().required("ops")).hasSize(1);
            others.http().write(request(device.token(), 1, 25).bytes());
            assertThat(others.isWaiting()).isTrue();

            JsonNode empty = pull.http().send(request(device.token(), 1, 1)).json();
            assertThat(empty.required("ops")).isEmpty();
            assertThat(empty.required("server_sequence").longValue()).isEqualTo(1);
            assertThat(empty.required("page_last_sequence").longValue()).isEqualTo(1);
            assertThat(empty.required("log_id").textValue()).isNotEmpty();

            pull.http().write(request(device.token(), 1, 25).bytes());
            assertThat(pull.isWaiting()).isTrue();
            Sync.push(SERVER, device, OutboxOp.note("n", "more"));
            assertThat(pull.http().read().json().required("ops")).hasSize(1);
            assertThat(others.http().read().json().required("ops")).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "26", "9223372036854775807", "-9223372036854775808"})
    void another_time_than_0_to_25_seconds_is_refused(String seconds) {
        Desktop device = SERVER.pair("alice", "main");
        Answer answer = Sync.post(SERVER, device, Sync.PULL, "{\"wait_seconds\":" + seconds + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"5\"", "2.5", "true", "[]", "9223372036854775808"})
    void a_time_that_is_no_integer_is_invalid_json(String seconds) {
        Desktop device = SERVER.pair("alice", "main");
        Answer answer = Sync.post(SERVER, device, Sync.PULL, "{\"wait_seconds\":" + seconds + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_json");
    }

    @Test
    void a_negative_cursor_is_refused_at_once() {
        Desktop device = SERVER.pair("alice", "main");
        assertThat(SERVER.send(request(device.token(), -1, 25)).code()).isEqualTo("invalid_request");
        assertThat(Sync.post(SERVER, device, Sync.PULL, "{\"wait_seconds\":null}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_client_that_goes_away_leaves_nothing_behind() throws IOException {
        try (TestServer server =
                TestServer.start(Map.of("http.maxConnections", "8")).withUser("alice")) {
            Desktop device = server.pair("alice", "main");
            for (int round = 0; round < 20; round++) {
                try (Http http = Http.connect(server.port())) {
                    http.write(request(device.token(), 0, 25).bytes());
                    assertThat(http.isSilentFor(Duration.ofMillis(30))).isTrue();
                    http.leave();
                }
            }
            assertThat(server.send(request(device.token(), 0, 1)).status()).isEqualTo(200);
        }
    }

    @Test
    void no_op_is_missed_between_an_empty_page_and_the_wait() throws Exception {
        int rounds = 200;
        int readers = 4;
        Desktop writer = SERVER.pair("alice", "race");
        ExecutorService threads = Executors.newFixedThreadPool(readers);
        try {
            List<Future<List<Long>>> tails = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                String token = SERVER.pair("alice", "race").token();
                tails.add(threads.submit(() -> tail(token, rounds)));
            }
            for (int i = 0; i < rounds; i++) {
                Sync.push(SERVER, writer, OutboxOp.note("n" + i, "text"));
            }
            for (Future<List<Long>> tail : tails) {
                assertThat(tail.get()).hasSize(rounds).isSorted().doesNotHaveDuplicates();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Long> tail(String token, int until) throws IOException {
        List<Long> seen = new ArrayList<>();
        long cursor = 0;
        try (Http http = Http.connect(SERVER.port())) {
            while (cursor < until) {
                JsonNode page = http.send(request(token, cursor, 25)).json();
                // A wake that is lost ends in an empty page.
                assertThat(page.required("ops")).isNotEmpty();
                for (JsonNode op : page.required("ops")) {
                    seen.add(op.required("server_sequence").longValue());
                }
                cursor = page.required("page_last_sequence").longValue();
            }
        }
        return seen;
    }
}
