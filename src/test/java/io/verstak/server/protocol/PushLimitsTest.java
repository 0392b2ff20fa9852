package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3: what an op may be; at the limit it passes, one above it is refused and nothing is stored. */
class PushLimitsTest {
    private static final int MAX_PAYLOAD = 256 << 10;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    private long accepted = Sync.head(SERVER, DEVICE);

    @AfterEach
    void what_was_refused_is_not_stored() {
        assertThat(Sync.head(SERVER, DEVICE)).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({"op_id, 128", "entity_type, 64", "entity_id, 4096", "op_type, 64"})
    void a_field_is_as_long_as_its_limit_in_bytes(String field, int limit) {
        assertAccepted(with(field, Sync.bytes(limit)));
        assertAccepted(with(field, "a".repeat(limit)));
        assertRefused(with(field, Sync.bytes(limit + 1)), 400, "field_too_long");
        assertRefused(with(field, "😀".repeat(limit / 4) + "a"), 400, "field_too_long");
        assertRefused(with(field, "a".repeat(limit + 1)), 400, "field_too_long");
    }

    @ParameterizedTest
    @CsvSource({"idempotency_key, 128", "device_id, 128"})
    void a_field_of_the_push_is_as_long_as_its_limit_in_bytes(String field, int limit) {
        assertAccepted(Desktop.pushBody(Sync.notes(1), 0).put(field, Sync.bytes(limit)));
        assertRefused(Desktop.pushBody(Sync.notes(1), 0).put(field, Sync.bytes(limit + 1)), 400, "field_too_long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"op_id", "entity_type", "entity_id", "op_type"})
    void a_blank_field_is_an_invalid_operation(String field) {
        for (String blank : List.of("", " ", "\t\n", "\u2003")) {
            assertRefused(with(field, blank), 400, "invalid_operation");
        }
        ObjectNode missing = with(field, "x");
        ((ObjectNode) missing.at("/ops/0")).remove(field);
        assertRefused(missing, 400, "invalid_operation");
        ObjectNode none = with(field, "x");
        ((ObjectNode) none.at("/ops/0")).putNull(field);
        assertRefused(none, 400, "invalid_operation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"op_id", "entity_type", "entity_id", "op_type", "payload_json", "created_at"})
    void s34_a_nul_in_any_field_is_an_invalid_operation(String field) {
        assertRefused(with(field, "a\u0000b"), 400, "invalid_operation");
        assertRefused(with(field, "\u0000"), 400, "invalid_operation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"idempotency_key", "device_id"})
    void s34_a_nul_in_a_field_of_the_push_is_an_invalid_operation(String field) {
        assertRefused(Desktop.pushBody(Sync.notes(1), 0).put(field, "a\u0000"), 400, "invalid_operation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_sequence", "last_seen_server_seq"})
    void a_sequence_is_not_negative_and_takes_63_bits(String field) {
        assertAccepted(with(field, Long.MAX_VALUE));
        assertRefused(with(field, -1L), 400, "invalid_operation");
        assertRefused(with(field, Long.MIN_VALUE), 400, "invalid_operation");
    }

    @Test
    void an_op_that_is_null_is_an_invalid_operation() {
        Answer answer = Sync.post(SERVER, DEVICE, Sync.PUSH, "{\"ops\":[null]}");

        assertThat(answer.code()).isEqualTo("invalid_operation");
    }

    @Test
    void a_push_holds_a_hundred_ops_and_no_more() {
        assertAccepted(Desktop.pushBody(Sync.notes(100), 0));
        assertRefused(Desktop.pushBody(Sync.notes(101), 0), 413, "too_many_operations");
    }

    @Test
    void a_push_without_ops_is_accepted_and_its_arrays_are_empty() {
        for (String body : List.of("{}", "{\"ops\":null}", "{\"ops\":[]}", "null")) {
            Answer answer = Sync.post(SERVER, DEVICE, Sync.PUSH, body);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text())
                    .startsWith("{\"accepted\":[],\"count\":0,\"conflicts\":[],\"sequences\":[],\"server_sequence\":"
                            + accepted);
        }
    }

    @Test
    void a_payload_is_as_long_as_its_limit_in_bytes() {
        assertAccepted(with("payload_json", "\"" + Sync.bytes(MAX_PAYLOAD - 2) + "\""));
        assertRefused(with("payload_json", "\"" + Sync.bytes(MAX_PAYLOAD - 1) + "\""), 413, "payload_too_large");
        assertRefused(with("payload_json", "\"" + "a".repeat(MAX_PAYLOAD - 1) + "\""), 413, "payload_too_large");
    }

    @Test
    void a_push_of_a_hundred_payloads_of_the_largest_size_is_accepted() {
        List<OutboxOp> ops = Sync.notes(100).stream()
                .map(op -> op.withPayload("\"" + "a".repeat(MAX_PAYLOAD - 2) + "\""))
                .toList();

        assertAccepted(Desktop.pushBody(ops, 0));
    }

    @Test
    void one_bad_op_refuses_the_whole_push() {
        List<OutboxOp> ops = new ArrayList<>(Sync.notes(10));
        ops.set(9, ops.get(9).withPayload("{"));

        assertRefused(Desktop.pushBody(ops, 0), 400, "invalid_payload");
    }

    private static ObjectNode with(String field, String value) {
        ObjectNode body = Desktop.pushBody(Sync.notes(1), 0);
        ((ObjectNode) body.at("/ops/0")).put(field, value);
        return body;
    }

    private static ObjectNode with(String field, long value) {
        ObjectNode body = Desktop.pushBody(Sync.notes(1), 0);
        ((ObjectNode) body.at("/ops/0")).put(field, value);
        return body;
    }

    private void assertAccepted(ObjectNode body) {
        Answer answer = Sync.push(SERVER, DEVICE, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        accepted += answer.json().required("count").longValue();
    }

    private static void assertRefused(ObjectNode body, int status, String code) {
        Answer answer = Sync.push(SERVER, DEVICE, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }
}
