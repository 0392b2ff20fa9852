package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3: a push whose answer was lost is sent again, and must do no harm and empty the outbox. */
class PushRetryTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private final String vault = UUID.randomUUID().toString();
    private final Desktop device = SERVER.pair("alice", vault);

    @Test
    void an_accepted_push_names_each_op_its_sequence_and_the_head() {
        Answer answer = Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));

        JsonNode json = answer.json();
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("accepted", "count", "conflicts", "sequences", "server_sequence", "log_id");
        assertThat(json.required("accepted")).hasSize(3);
        assertThat(json.required("count").intValue()).isEqualTo(3);
        assertThat(Sync.numbers(json.required("sequences"))).containsExactly(1L, 2L, 3L);
        assertThat(json.required("server_sequence").longValue()).isEqualTo(3);
    }

    @Test
    void a_retried_push_is_accepted_with_its_first_sequences() {
        List<OutboxOp> ops = Sync.notes(3);
        Sync.push(SERVER, device, Desktop.pushBody(ops, 0));
        Sync.push(SERVER, device, OutboxOp.note("between", ""));
        List<OutboxOp> more = new ArrayList<>(ops);
        more.add(1, OutboxOp.note("new", ""));

        JsonNode retried = Sync.push(SERVER, device, Desktop.pushBody(more, 0)).json();

        assertThat(Sync.texts(retried.required("accepted")))
                .isEqualTo(more.stream().map(OutboxOp::opId).toList());
        assertThat(Sync.numbers(retried.required("sequences"))).containsExactly(1L, 5L, 2L, 3L);
        assertThat(retried.required("count").intValue()).isEqualTo(4);
        assertThat(retried.required("server_sequence").longValue()).isEqualTo(5);
    }

    @Test
    void a_retry_may_have_seen_more_and_come_from_a_device_that_was_paired_anew() {
        OutboxOp op = OutboxOp.note("n", "");
        Sync.push(SERVER, device, op);
        Desktop paired = SERVER.pair("alice", vault);
        ObjectNode body = Desktop.pushBody(List.of(op), 1).put("device_id", "someone else");
        ((ObjectNode) body.at("/ops/0")).put("client_sequence", 99);

        JsonNode retried = Sync.push(SERVER, paired, body).json();

        assertThat(Sync.numbers(retried.required("sequences"))).containsExactly(1L);
        PulledOp pulled = PulledOp.of(
                Sync.pull(SERVER, paired, 0, 0).json().required("ops").get(0));
        assertThat(pulled.deviceId()).isEqualTo(device.id());
        assertThat(Sync.head(SERVER, device)).isEqualTo(1);
    }

    @Test
    void the_device_is_the_tokens_whatever_the_body_says() {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(1), 0).put("device_id", "dev_" + "0".repeat(24)));

        assertThat(Sync.pull(SERVER, device, 0, 0).json().at("/ops/0/device_id").textValue())
                .isEqualTo(device.id());
    }

    @Test
    void the_same_op_twice_in_one_push_counts_once() {
        OutboxOp op = OutboxOp.note("n", "");
        OutboxOp other = OutboxOp.note("m", "");

        JsonNode answer = Sync.push(SERVER, device, op, other, op).json();

        assertThat(Sync.texts(answer.required("accepted"))).containsExactly(op.opId(), other.opId());
        assertThat(Sync.numbers(answer.required("sequences"))).containsExactly(1L, 2L);
        assertThat(answer.required("count").intValue()).isEqualTo(2);
        assertThat(answer.required("server_sequence").longValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"entity_type", "entity_id", "op_type", "payload_json", "created_at"})
    void the_same_op_id_with_other_content_is_a_conflict_and_nothing_is_stored(String field) {
        OutboxOp op = OutboxOp.note("n", "");
        Sync.push(SERVER, device, op);
        ObjectNode changed = Desktop.pushBody(List.of(OutboxOp.note("new", ""), op), 0);
        ((ObjectNode) changed.at("/ops/1")).put(field, field.equals("payload_json") ? "{\"text\": \"\"}" : "other");
        ObjectNode within = Desktop.pushBody(List.of(OutboxOp.note("new", ""), op.withId("x"), op.withId("x")), 0);
        ((ObjectNode) within.at("/ops/2")).put(field, field.equals("payload_json") ? "[]" : "other");

        assertConflict(Sync.push(SERVER, device, changed));
        assertConflict(Sync.push(SERVER, device, within));

        assertThat(Sync.head(SERVER, device)).isEqualTo(1);
    }

    @Test
    void s30_an_op_id_of_another_scope_is_no_concern() {
        OutboxOp op = OutboxOp.note("n", "mine");
        Desktop other = SERVER.pair("alice", UUID.randomUUID().toString());
        Sync.push(SERVER, device, op);

        JsonNode answer = Sync.push(SERVER, other, op.withPayload("{}")).json();

        assertThat(Sync.numbers(answer.required("sequences"))).containsExactly(1L);
    }

    @Test
    void accepted_work_is_accepted_again_when_the_limits_have_become_stricter() {
        List<OutboxOp> ops = Sync.notes(50);
        ObjectNode body = Desktop.pushBody(ops, 0);
        ObjectNode keyed = Desktop.pushBody(Sync.notes(50), 0).put("idempotency_key", "k");
        JsonNode first = Sync.push(SERVER, device, body).json();
        Answer firstKeyed = Sync.push(SERVER, device, keyed);
        SERVER.restart(Map.of("limits.maxPushOperations", "10", "limits.maxPayloadJson", "2"));
        try {
            assertThat(Sync.push(SERVER, device, body).json().required("sequences"))
                    .isEqualTo(first.required("sequences"));
            assertThat(Sync.push(SERVER, device, keyed).wire()).isEqualTo(firstKeyed.wire());
            assertThat(Sync.push(SERVER, device, Desktop.pushBody(ops.subList(0, 1), 0))
                            .status())
                    .isEqualTo(200);

            List<OutboxOp> more = new ArrayList<>(ops);
            more.add(OutboxOp.note("new", "").withPayload("{}"));
            assertThat(Sync.push(SERVER, device, Desktop.pushBody(more, 0)).code())
                    .isEqualTo("too_many_operations");
            assertThat(Sync.push(SERVER, device, OutboxOp.note("new", "")).code())
                    .isEqualTo("payload_too_large");
            assertThat(Sync.head(SERVER, device)).isEqualTo(100);
        } finally {
            SERVER.restart(Map.of("limits.maxPushOperations", "100", "limits.maxPayloadJson", "262144"));
        }
    }

    @Test
    void a_desktop_halves_its_batches_until_they_fit() {
        SERVER.restart(Map.of("limits.maxPushOperations", "7"));
        try {
            Sync.notes(120).forEach(device::make);

            device.sync();

            assertThat(device.outbox()).isEmpty();
            assertThat(device.cursor()).isEqualTo(120);
        } finally {
            SERVER.restart(Map.of("limits.maxPushOperations", "100"));
        }
    }

    private static void assertConflict(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("op_id_conflict");
    }
}
