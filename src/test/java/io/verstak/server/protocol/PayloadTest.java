package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3: payloads are checked, not decoded, and come back byte for byte. */
class PayloadTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "null",
                "0",
                "\"\"",
                " { \"b\" : 1 ,\t\"a\":2}\n",
                "{\"a\":1,\"a\":2}",
                "{\"text\":\"\\u0041\\/\\b\\f\\n\\r\\t\\\"\\\\\"}",
                "{\"text\":\"\\u0000\\ud800\\uDFFF\"}",
                "{\"emoji\":\"👩‍👩‍👧 \\ud83d\\ude00\"}",
                "{\"lines\":\"\u2028\u2029\u0085\ufeff\u200f\"}",
                "{\"del\":\"\u007f\u0080</script><!--\"}",
                "{\"n\":[1e400,-0,-0.0,1E+2,0.10000000000000000555111512312578270211815834045410156250]}",
                "[[[]],{\"\":{}}]",
                "{\"dataBase65\":\"\",\"a\":{\"b\":\"dataBase64\"}}"
            })
    void a_payload_comes_back_byte_for_byte(String payload) {
        assertThat(roundTrip(OutboxOp.note("n", "").withPayload(payload)).payloadJson())
                .isEqualTo(payload);
    }

    @Test
    void a_payload_with_a_very_long_number_comes_back_digit_for_digit() {
        String payload = "{\"n\":" + "1234567890".repeat(2000) + ",\"f\":0." + "9".repeat(3000) + "e-7}";

        assertThat(roundTrip(OutboxOp.note("n", "").withPayload(payload)).payloadJson())
                .isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-22T10:00:00Z",
                "2026-11-22T13:00:00.123456789+03:00",
                "yesterday",
                " \t\r\n\\\"\u0001\u001f\u2028😀"
            })
    void created_at_comes_back_byte_for_byte(String createdAt) {
        OutboxOp note = OutboxOp.note("n", "");
        OutboxOp op = new OutboxOp(note.opId(), "note", "n", "update", "{}", 1, createdAt);

        assertThat(roundTrip(op).createdAt()).isEqualTo(createdAt);
    }

    @Test
    void the_names_of_an_op_come_back_as_they_were() {
        OutboxOp note = OutboxOp.note("n", "");
        String odd = "a/b\\c\"d\n😀\u2028\ufeff%00<b>";
        OutboxOp op = new OutboxOp(odd + note.opId(), odd, odd, odd, "{}", 7, "");

        PulledOp pulled = roundTrip(op);

        assertThat(pulled.opId()).isEqualTo(op.opId());
        assertThat(List.of(pulled.entityType(), pulled.entityId(), pulled.opType()))
                .containsOnly(odd);
        assertThat(pulled.deviceId()).isEqualTo(DEVICE.id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "{",
                "}",
                "nope",
                "{}{}",
                "{} x",
                "1 2",
                "[1,]",
                "{\"a\":1,}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\q\"}",
                "\"open",
                "-",
                "1e",
                "truefalse",
                "// {}",
                "{\"blob\":"
            })
    void a_payload_that_is_neither_empty_nor_json_is_invalid(String payload) {
        assertRefused(OutboxOp.note("n", "").withPayload(payload), "invalid_payload");
        assertRefused(OutboxOp.note("n", "").on("file", "f").withPayload(payload), "invalid_payload");
    }

    @Test
    void a_payload_nests_to_a_thousand_levels() {
        String deepest = "{\"a\":" + "[".repeat(999) + "]".repeat(999) + "}";
        assertThat(roundTrip(OutboxOp.note("n", "").withPayload(deepest)).payloadJson())
                .isEqualTo(deepest);
        assertRefused(OutboxOp.note("n", "").withPayload("[" + deepest + "]"), "invalid_payload");
        assertRefused(OutboxOp.note("n", "").withPayload("[".repeat(100_000)), "invalid_payload");
        assertRefused(
                OutboxOp.note("n", "").on("file", "f").withPayload("{\"a\":[" + deepest + "]}"), "invalid_payload");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"dataBase64\":\"AAAA\"}",
                "{\"a\":{},\"dataBase64\":\"\"}",
                "{\"data\\u0042ase64\":\"AAAA\"}",
                "{\"blob\":{},\"dataBase64\":\"AAAA\"}"
            })
    void a_payload_with_inline_bytes_is_forbidden_to_files_and_nobody_else(String payload) {
        assertRefused(OutboxOp.note("n", "").on("file", "f").withPayload(payload), "inline_binary_forbidden");
        OutboxOp record =
                OutboxOp.note("n", "").on("plugin.gallery.record", "r").withPayload(payload);
        assertThat(roundTrip(record).payloadJson()).isEqualTo(payload);
    }

    private static PulledOp roundTrip(OutboxOp op) {
        Answer pushed = Sync.push(SERVER, DEVICE, op);
        assertThat(pushed.status()).as(pushed.text()).isEqualTo(200);
        long sequence = pushed.json().required("sequences").get(0).longValue();
        return PulledOp.of(Sync.pull(SERVER, DEVICE, sequence - 1, 1)
                .json()
                .required("ops")
                .get(0));
    }

    private static void assertRefused(OutboxOp op, String code) {
        Answer answer = Sync.push(SERVER, DEVICE, op);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
    }
}
