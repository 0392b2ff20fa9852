package io.verstak.server.files.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.files.format.FileChange.MakeFolder;
import io.verstak.server.files.format.FileChange.PutFile;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

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
