package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 3: a refusal that is due to one op of a push names it, in an answer that a desktop can read. */
class RefusedOpTest {
    private static final int READ_BYTES = 500;
    private static final String NO_BLOB = "0".repeat(64);

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "entity_type|x|entity_type|''|400|invalid_operation",
                "entity_id|x|op_type|LONG|400|field_too_long",
                "entity_id|x|payload_json|{|400|invalid_payload",
                "entity_id|x|payload_json|HUGE|413|payload_too_large",
                "entity_type|file|payload_json|{\"dataBase64\":\"\"}|400|inline_binary_forbidden",
                "entity_type|file|payload_json|{\"blob\":{}}|400|invalid_blob_reference",
                "entity_type|file|payload_json|{\"blob\":{\"sha256\":\"HASH\",\"size\":1}}|400|blob_not_owned"
            })
    void the_op_that_a_push_is_refused_for_is_named(
            String field, String value, String other, String wrong, int status, String code) {
        List<OutboxOp> ops = Sync.notes(3);
        ObjectNode push = Desktop.pushBody(ops, 0);
        ObjectNode second = (ObjectNode) push.required("ops").get(1);
        second.put(field, value);
        second.put(
                other,
                wrong.replace("LONG", "x".repeat(65))
                        .replace("HUGE", '"' + "x".repeat(300_000) + '"')
                        .replace("HASH", NO_BLOB));

        Answer answer = Sync.push(SERVER, DEVICE, push);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.json().required("op_id").textValue())
                .isEqualTo(second.required("op_id").textValue());
        assertThat(answer.json().required("error").textValue()).isNotBlank();
    }

    @Test
    void an_op_id_with_other_content_is_named() {
        OutboxOp stored = OutboxOp.note("n", "first");
        assertThat(Sync.push(SERVER, DEVICE, stored).status()).isEqualTo(200);
        List<OutboxOp> ops = new ArrayList<>(Sync.notes(2));
        ops.add(stored.withPayload("{\"text\":\"second\"}"));

        Answer answer = Sync.push(SERVER, DEVICE, Desktop.pushBody(ops, 0));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("op_id_conflict");
        assertThat(answer.json().required("op_id").textValue()).isEqualTo(stored.opId());
    }

    @Test
    void a_refusal_of_the_push_as_a_whole_names_none() {
        Answer answer = Sync.push(SERVER, DEVICE, Desktop.pushBody(Sync.notes(101), 0));

        assertThat(answer.code()).isEqualTo("too_many_operations");
        assertThat(answer.json().has("op_id")).isFalse();
    }

    @Test
    void an_op_id_that_would_not_fit_into_what_a_desktop_reads_is_left_out() {
        for (String id : List.of("x".repeat(4000), "\u0001".repeat(128), "")) {
            ObjectNode push = Desktop.pushBody(Sync.notes(1), 0);
            ((ObjectNode) push.required("ops").get(0)).put("op_id", id).put("op_type", "");

            Answer answer = Sync.push(SERVER, DEVICE, push);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.wire().length).isLessThanOrEqualTo(READ_BYTES);
            assertThat(answer.json().has("op_id")).isFalse();
        }
    }
}
