package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 3: pages of a log. */
class PullTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("limits.maxPullBytes", "4096"))
            .withUser("alice")
            .withUser("bob");

    private final String vault = UUID.randomUUID().toString();
    private final Desktop device = SERVER.pair("alice", vault);

    @Test
    void an_empty_log_has_an_empty_page() {
        JsonNode page = Sync.pull(SERVER, device, 0, 0).json();

        assertThat(page.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("server_sequence", "page_last_sequence", "has_more", "ops", "log_id");
        assertThat(page.required("ops").isArray()).isTrue();
        assertThat(page.required("ops")).isEmpty();
        assertThat(page.required("server_sequence").longValue()).isZero();
        assertThat(page.required("page_last_sequence").longValue()).isZero();
        assertThat(page.required("has_more").isBoolean()).isTrue();
        assertThat(page.required("has_more").booleanValue()).isFalse();
    }

    @Test
    void an_op_of_a_page_has_the_fields_that_desktops_read() {
        Sync.push(SERVER, device, OutboxOp.note("n", ""));

        assertThat(Sync.pull(SERVER, device, 0, 0).json().at("/ops/0").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "op_id",
                        "server_sequence",
                        "device_id",
                        "entity_type",
                        "entity_id",
                        "op_type",
                        "payload_json",
                        "created_at");
    }

    @Test
    void a_page_starts_above_the_cursor_and_ends_at_its_limit() {
        pushShort(10);

        assertPage(0, 4, 1, 4, true);
        assertPage(4, 4, 5, 8, true);
        assertPage(8, 4, 9, 10, false);
        assertPage(6, 4, 7, 10, false);
        assertPage(9, 1, 10, 10, false);
        assertPage(0, 10, 1, 10, false);
        assertPage(0, 9, 1, 9, true);
        JsonNode empty = Sync.pull(SERVER, device, 10, 4).json();
        assertThat(empty.required("ops")).isEmpty();
        assertThat(empty.required("page_last_sequence").longValue()).isEqualTo(10);
        assertThat(empty.required("has_more").booleanValue()).isFalse();
    }

    @Test
    void a_limit_of_zero_or_above_the_servers_means_the_servers() {
        SERVER.restart(Map.of("limits.maxPullPage", "5"));
        try {
            pushShort(7);
            assertPage(0, 0, 1, 5, true);
            assertPage(0, 6, 1, 5, true);
            assertPage(0, Long.MAX_VALUE, 1, 5, true);
            assertPage(0, 5, 1, 5, true);
            assertPage(0, 3, 1, 3, true);
        } finally {
            SERVER.restart(Map.of("limits.maxPullPage", "100"));
        }
    }

    @Test
    void a_hundred_ops_are_a_page_and_one_more_is_another() {
        SERVER.restart(Map.of("limits.maxPullBytes", "8388608"));
        try {
            pushShort(100);
            assertPage(0, 0, 1, 100, false);
            pushShort(1);
            assertPage(0, 0, 1, 100, true);
            assertPage(0, 1000, 1, 100, true);
        } finally {
            SERVER.restart(Map.of("limits.maxPullBytes", "4096"));
        }
    }

    @Test
    void a_negative_cursor_or_limit_is_an_invalid_request() {
        for (Answer answer : new Answer[] {
            Sync.pull(SERVER, device, -1, 0),
            Sync.pull(SERVER, device, 0, -1),
            Sync.pull(SERVER, device, Long.MIN_VALUE, 0),
            Sync.pull(SERVER, device, 0, Long.MIN_VALUE)
        }) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("invalid_request");
        }
    }

    @Test
    void a_page_ends_before_it_would_pass_its_bytes_but_holds_one_op() {
        Sync.push(
                SERVER,
                device,
                OutboxOp.note("a", "x".repeat(1500)),
                OutboxOp.note("b", "x".repeat(1500)),
                OutboxOp.note("c", "x".repeat(20_000)),
                OutboxOp.note("d", "x".repeat(20_000)),
                OutboxOp.note("e", ""));

        assertPage(0, 0, 1, 2, true);
        assertPage(2, 0, 3, 3, true);
        assertPage(3, 0, 4, 4, true);
        assertPage(4, 0, 5, 5, false);
        assertThat(Sync.pull(SERVER, device, 0, 0).body().length).isLessThan(4096 + 200);
    }

    @Test
    void a_cursor_far_above_the_head_gives_an_empty_page_that_keeps_it() {
        pushShort(1);

        JsonNode page = Sync.pull(SERVER, device, Long.MAX_VALUE, 0).json();

        assertThat(page.required("ops")).isEmpty();
        assertThat(page.required("page_last_sequence").longValue()).isEqualTo(Long.MAX_VALUE);
        assertThat(page.required("server_sequence").longValue()).isEqualTo(1);
        assertThat(page.required("has_more").booleanValue()).isFalse();
    }

    @Test
    void s30_a_log_is_read_by_the_devices_of_its_scope_alone() {
        pushShort(3);
        Desktop same = SERVER.pair("alice", vault);
        Desktop otherVault = SERVER.pair("alice", UUID.randomUUID().toString());
        Desktop otherUser = SERVER.pair("bob", vault);

        assertThat(same.pull().applied()).hasSize(3);
        assertThat(otherVault.pull().applied()).isEmpty();
        assertThat(otherUser.pull().applied()).isEmpty();
        assertThat(Sync.head(SERVER, otherVault)).isZero();
        assertThat(Sync.head(SERVER, otherUser)).isZero();
        assertThat(Sync.numbers(Sync.push(SERVER, otherUser, OutboxOp.note("n", ""))
                        .json()
                        .required("sequences")))
                .containsExactly(1L);
    }

    @Test
    void every_answer_carries_the_logs_own_id() {
        Desktop other = SERVER.pair("alice", UUID.randomUUID().toString());
        String pushed = logId(Sync.push(SERVER, device, OutboxOp.note("n", "")));

        assertThat(pushed).isNotBlank();
        assertThat(logId(Sync.pull(SERVER, device, 0, 0))).isEqualTo(pushed);
        assertThat(logId(Sync.pull(SERVER, SERVER.pair("alice", vault), 5, 0))).isEqualTo(pushed);
        assertThat(logId(Sync.pull(SERVER, other, 0, 0))).isNotEqualTo(pushed);
        SERVER.restart();
        assertThat(logId(Sync.pull(SERVER, device, 0, 0))).isEqualTo(pushed);
    }

    @Test
    void a_pulls_cursor_is_kept_as_the_devices_word() {
        pushShort(5);
        Sync.pull(SERVER, device, 4, 0);
        Sync.pull(SERVER, device, 2, 0);

        SERVER.restart();

        assertThat(SERVER.rows("SELECT pull_cursor FROM devices WHERE id = '" + device.id() + "'"))
                .containsExactly("4");
    }

    @Test
    void what_was_delivered_to_its_end_is_kept_beside_the_cursor() {
        pushShort(5);
        Sync.pull(SERVER, device, 0, 4);
        SERVER.restart();
        assertThat(delivered()).containsExactly("0|null");

        Sync.pull(SERVER, device, 2, 0);
        SERVER.restart();

        assertThat(delivered()).hasSize(1).first().asString().startsWith("5|").doesNotContain("null");
    }

    private List<String> delivered() {
        return SERVER.rows("SELECT delivered, synced_at FROM devices WHERE id = '" + device.id() + "'");
    }

    private void pushShort(int count) {
        List<OutboxOp> ops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ops.add(OutboxOp.note("n", "").withPayload(""));
        }
        assertThat(Sync.push(SERVER, device, Desktop.pushBody(ops, 0)).status()).isEqualTo(200);
    }

    private void assertPage(long since, long limit, long first, long last, boolean more) {
        JsonNode page = Sync.pull(SERVER, device, since, limit).json();
        List<Long> sequences = new ArrayList<>();
        page.required("ops")
                .forEach(op -> sequences.add(op.required("server_sequence").longValue()));
        assertThat(sequences)
                .isEqualTo(LongStream.rangeClosed(first, last).boxed().toList());
        assertThat(page.required("page_last_sequence").longValue()).isEqualTo(last);
        assertThat(page.required("has_more").booleanValue()).isEqualTo(more);
    }

    private static String logId(Answer answer) {
        return answer.json().required("log_id").textValue();
    }
}
