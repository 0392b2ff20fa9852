package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for JSON and what is not. */
class JsonStrictnessTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                " {} \r\n\t",
                "{\"since_sequence\":null,\"page_limit\":null}",
                "{\"unknown\":1,\"more\":[{\"deep\":true}],\"since_sequence\":0}",
                "{\"since_sequence\":9223372036854775807}",
                "{\"unknown\":1e400,\"other\":-0.5E-9}",
                "{\"unknown\":\"\\ud83d\\ude00\",\"\\uD83D\\uDE00\":1}",
                "{\"unknown\":\"\\\\ud800 is no escape\"}"
            })
    void json_is_read_with_its_unknown_and_missing_fields(String body) {
        assertThat(pull(body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[",
                "nul",
                "{\"a\"}",
                "{\"a\":}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\":[1,]}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-Infinity}",
                "{\"a\":0x10}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"line\nbreak\"}",
                "{\"a\":\"\u0000\"}",
                "{\u0000}",
                "/* comment */ {}",
                "# {}"
            })
    void s34_what_is_not_json_is_invalid_json(String body) {
        assertRefused(pull(body), "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "\"text\"",
                "\"\"",
                "5",
                "true",
                "[{}]",
                "{\"since_sequence\":\"0\"}",
                "{\"since_sequence\":\"\"}",
                "{\"since_sequence\":1.0}",
                "{\"since_sequence\":1e2}",
                "{\"since_sequence\":true}",
                "{\"since_sequence\":[]}",
                "{\"since_sequence\":[1]}",
                "{\"since_sequence\":{}}",
                "{\"page_limit\":\"10\"}",
                "{\"since_sequence\":9223372036854775808}",
                "{\"since_sequence\":-9223372036854775809}",
                "{\"since_sequence\":1e400}"
            })
    void s34_a_field_of_the_wrong_type_or_size_is_invalid_json(String body) {
        assertRefused(pull(body), "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ops\":{}}",
                "{\"ops\":\"\"}",
                "{\"ops\":\"x\"}",
                "{\"ops\":1}",
                "{\"ops\":[1]}",
                "{\"ops\":[\"\"]}",
                "{\"ops\":[[]]}",
                "{\"ops\":[{\"op_id\":1}]}",
                "{\"ops\":[{\"op_id\":true}]}",
                "{\"ops\":[{\"op_id\":1.5}]}",
                "{\"ops\":[{\"op_id\":[\"a\"]}]}",
                "{\"ops\":[{\"op_id\":{}}]}",
                "{\"ops\":[{\"payload_json\":{}}]}",
                "{\"ops\":[{\"payload_json\":[]}]}",
                "{\"ops\":[{\"client_sequence\":\"1\"}]}",
                "{\"ops\":[{\"last_seen_server_seq\":1.0}]}",
                "{\"ops\":[{\"last_seen_server_seq\":9223372036854775808}]}",
                "{\"idempotency_key\":5}",
                "{\"device_id\":[]}"
            })
    void a_push_with_a_field_of_the_wrong_type_is_invalid_json(String body) {
        assertRefused(Sync.post(SERVER, DEVICE, Sync.PUSH, body), "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}{}", "{} {}", "{}null", "{}1", "{}]", "{}}", "{},", "{}x", "null null", "{}\u0000"})
    void a_second_value_is_trailing_json(String body) {
        assertRefused(pull(body), "trailing_json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\\uDC00\"}",
                "{\"a\":\"\\udc00\\ud800\"}",
                "{\"a\":\"\\ud800\\ud800\\udc00\"}",
                "{\"a\":\"\\uDBFFx\"}",
                "{\"\\ud800\":1}",
                "{\"a\":[{\"b\":\"x\\ude00\"}]}"
            })
    void s34_an_escaped_lone_surrogate_is_invalid_json(String body) {
        assertRefused(pull(body), "invalid_json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eda080", // D800 as three bytes
                "edb080", // DC00
                "eda080edb080", // a pair in CESU-8
                "c080", // an overlong NUL
                "c1bf",
                "e080af",
                "f0808080",
                "f4908080", // above 10FFFF
                "f8888080",
                "ff",
                "80",
                "c3", // cut short
                "e282"
            })
    void s34_bytes_that_are_not_utf_8_are_invalid_json(String hex) {
        byte[] inString = frame("{\"a\":\"", HexFormat.of().parseHex(hex), "\"}");
        byte[] inName = frame("{\"", HexFormat.of().parseHex(hex), "\":1}");

        assertRefused(SERVER.send(Request.post(Sync.PULL, inString).bearer(DEVICE.token())), "invalid_json");
        assertRefused(SERVER.send(Request.post(Sync.PULL, inName).bearer(DEVICE.token())), "invalid_json");
    }

    @Test
    void s34_a_byte_order_mark_is_not_json() {
        assertRefused(pull("\ufeff{}"), "invalid_json");
    }

    @Test
    void an_unknown_field_is_ignored_however_long_its_name_or_its_number() {
        String digits = "1234567890".repeat(1500);

        assertThat(pull("{\"x\":" + digits + ",\"y\":-0." + digits + "e-7}").status())
                .isEqualTo(200);
        assertThat(pull("{\"" + "n".repeat(100_000) + "\":1}").status()).isEqualTo(200);
        assertThat(pull("{\"" + "n".repeat(400_000) + "\":1}").status()).isEqualTo(200);
        assertRefused(pull("{\"since_sequence\":" + digits + "}"), "invalid_json");
        assertRefused(Sync.post(SERVER, DEVICE, Sync.PUSH, "{\"ops\":[{\"op_id\":" + digits + "}]}"), "invalid_json");
    }

    @Test
    void s34_json_nests_to_64_levels_and_no_further() {
        assertThat(pull(nested(64)).status()).isEqualTo(200);
        assertRefused(pull(nested(65)), "invalid_json");
        assertRefused(pull(nested(5000)), "invalid_json");
        assertRefused(pull("[".repeat(5000)), "invalid_json");
        assertRefused(pull("{\"a\":".repeat(5000)), "invalid_json");
    }

    @Test
    void integers_are_exact_to_the_largest_of_64_bits() {
        Answer page = pull("{\"since_sequence\":9223372036854775806}");

        assertThat(page.text()).contains("\"page_last_sequence\":9223372036854775806");
    }

    @Test
    void a_null_field_of_an_op_reads_as_empty_or_zero() {
        String id = OutboxOp.note("n", "").opId();
        String body = """
                {"device_id":null,"idempotency_key":null,"extra":{"a":[]},"ops":[{"op_id":"%s","entity_type":"note",
                "entity_id":"n","op_type":"update","payload_json":null,"client_sequence":null,
                "last_seen_server_seq":null,"created_at":null,"extra":1}]}""".formatted(id);

        Answer answer = Sync.post(SERVER, DEVICE, Sync.PUSH, body);

        long sequence = answer.json().required("sequences").get(0).longValue();
        assertThat(Sync.pull(SERVER, DEVICE, sequence - 1, 1).text())
                .contains("\"payload_json\":\"\"", "\"created_at\":\"\"");
    }

    private static Answer pull(String body) {
        return Sync.post(SERVER, DEVICE, Sync.PULL, body);
    }

    private static String nested(int levels) {
        return "{\"a\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
    }

    private static byte[] frame(String before, byte[] middle, String after) {
        byte[] start = before.getBytes(StandardCharsets.US_ASCII);
        byte[] end = after.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + middle.length + end.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(middle, 0, all, start.length, middle.length);
        System.arraycopy(end, 0, all, start.length + middle.length, end.length);
        return all;
    }

    private static void assertRefused(Answer answer, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
    }
}
