package io.verstak.server.files.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.files.format.FileChange.MakeFolder;
import io.verstak.server.files.format.FileChange.PutFile;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpReaderTest {
    private static final int LONG = 20_000_001;

    @Test
    void an_op_of_any_length_is_read_and_so_are_those_after_it() {
        JsonObject file = new JsonObject().put("path", "a.md").put("content", "x".repeat(LONG));

        String lines = line(1, "file", "a.md", file.encode()) + line(2, "folder", "B", "{\"path\":\"B\"}");

        assertThat(OpReader.ops(bytes(lines)))
                .extracting(VaultOp::change)
                .satisfiesExactly(
                        first -> assertThat(((PutFile) first).size()).isEqualTo(LONG),
                        second -> assertThat(second).isInstanceOf(MakeFolder.class));
        assertThat(OpReader.content(bytes(lines), 1)).isPresent();
    }

    /** A push takes them, and a desktop applies the op. */
    @Test
    void long_names_and_numbers_of_other_members_do_not_matter() {
        String name = "{\"" + "n".repeat(60_000) + "\":1,\"path\":\"A\"}";
        String number = "{\"order\":" + "9".repeat(60_000) + ",\"path\":\"B\"}";

        assertThat(OpReader.ops(bytes(line(1, "folder", "A", name) + line(2, "folder", "B", number))))
                .extracting(VaultOp::change)
                .hasOnlyElementsOfType(MakeFolder.class);
    }

    /** Answers carry times as RFC 3339 writes them. */
    @ParameterizedTest
    @ValueSource(
            strings = {"+292278994-08-17T07:12:55.807Z", "+10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "noon", ""})
    void a_time_that_an_answer_cannot_carry_is_none(String time) {
        String line = line(1, "folder", "A", "{\"path\":\"A\"}").replace("2026-12-01T00:00:00Z", time);

        assertThat(OpReader.ops(bytes(line))).extracting(VaultOp::madeAt).containsExactly(0L);
    }

    @Test
    void the_last_time_of_four_digits_is_one() {
        String line =
                line(1, "folder", "A", "{\"path\":\"A\"}").replace("2026-12-01T00:00:00Z", "9999-12-31T23:59:59Z");

        assertThat(OpReader.ops(bytes(line))).extracting(VaultOp::madeAt).containsExactly(253_402_300_799_000L);
    }

    private static String line(long sequence, String type, String id, String payload) {
        return new JsonObject()
                        .put("server_sequence", sequence)
                        .put("device_id", "dev_1")
                        .put("entity_type", type)
                        .put("entity_id", id)
                        .put("op_type", "create")
                        .put("payload_json", payload)
                        .put("created_at", "2026-12-01T00:00:00Z")
                        .encode()
                + "\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
