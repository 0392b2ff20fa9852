package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3: an op of a file may name a blob, which its own scope must hold. The index is filled by hand here. */
class BlobReferenceTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");
    private static final Desktop OTHER_VAULT = SERVER.pair("alice", "other");

    @Test
    void a_reference_to_a_blob_of_the_scope_is_accepted() {
        String sha256 = stored("one", 3);

        assertThat(push(DEVICE, reference(sha256, "3")).status()).isEqualTo(200);
        assertThat(push(DEVICE, "{\"name\":\"x\",\"blob\":{\"size\":3,\"more\":[{}],\"sha256\":\"" + sha256 + "\"}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void another_size_than_stored_is_an_invalid_reference() {
        String sha256 = stored("two", 5);

        assertRefused(push(DEVICE, reference(sha256, "4")), "invalid_blob_reference");
        assertRefused(push(DEVICE, reference(sha256, "6")), "invalid_blob_reference");
    }

    @Test
    void s30_a_blob_of_another_scope_is_as_little_owned_as_one_that_nobody_has() {
        String sha256 = stored("three", 5);
        String unknown = Sha256.of("unknown".getBytes(StandardCharsets.UTF_8)).hex();

        Answer foreign = push(OTHER_VAULT, reference(sha256, "5"));

        assertRefused(foreign, "blob_not_owned");
        assertThat(words(push(OTHER_VAULT, reference(unknown, "5")))).isEqualTo(words(foreign));
        assertThat(words(push(OTHER_VAULT, reference(sha256, "6")))).isEqualTo(words(foreign));
    }

    /** What a refusal says, whichever op it is of. */
    private static String words(Answer refused) {
        return refused.text().replaceAll("\"op_id\":\"[^\"]*\"", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"blob\":{}}",
                "{\"blob\":[]}",
                "{\"blob\":\"x\"}",
                "{\"blob\":1}",
                "{\"blob\":{\"sha256\":\"\",\"size\":1}}",
                "{\"blob\":{\"sha256\":\"abc\",\"size\":1}}",
                "{\"blob\":{\"sha256\":5,\"size\":1}}",
                "{\"blob\":{\"sha256\":\"%s\"}}",
                "{\"blob\":{\"sha256\":\"%s\",\"size\":null}}",
                "{\"blob\":{\"sha256\":\"%s\",\"size\":-1}}",
                "{\"blob\":{\"sha256\":\"%s\",\"size\":4.0}}",
                "{\"blob\":{\"sha256\":\"%s\",\"size\":\"4\"}}",
                "{\"blob\":{\"sha256\":\"%s\",\"size\":9223372036854775808}}",
                "{\"blob\":{\"sha256\":\"%s0\",\"size\":4}}",
                "{\"blob\":{\"size\":4}}"
            })
    void a_malformed_reference_is_an_invalid_reference(String payload) {
        assertRefused(push(DEVICE, payload.formatted(stored("four", 4))), "invalid_blob_reference");
    }

    @Test
    void a_hash_in_upper_case_is_an_invalid_reference() {
        assertRefused(push(DEVICE, reference("A".repeat(64), "1")), "invalid_blob_reference");
    }

    @Test
    void what_is_no_file_or_refers_to_nothing_needs_no_blob() {
        String unknown = "0".repeat(64);

        assertThat(push(DEVICE, "{}").status()).isEqualTo(200);
        assertThat(push(DEVICE, "").status()).isEqualTo(200);
        assertThat(push(DEVICE, "{\"blob\":null}").status()).isEqualTo(200);
        assertThat(push(DEVICE, "{\"meta\":" + reference(unknown, "1") + "}").status())
                .isEqualTo(200);
        assertThat(Sync.push(SERVER, DEVICE, OutboxOp.note("n", "").withPayload(reference(unknown, "1")))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_known_op_is_accepted_although_its_blob_has_gone() {
        String sha256 = stored("gone", 7);
        OutboxOp op = OutboxOp.note("f", "").on("file", "f").withPayload(reference(sha256, "7"));
        Answer first = Sync.push(SERVER, DEVICE, op);
        SERVER.execute("DELETE FROM blob_refs WHERE sha256 = '" + sha256 + "'");

        Answer retried = Sync.push(SERVER, DEVICE, op);

        assertThat(first.status()).isEqualTo(200);
        assertThat(retried.json().required("sequences")).isEqualTo(first.json().required("sequences"));
        assertRefused(push(DEVICE, reference(sha256, "7")), "blob_not_owned");
    }

    private static String stored(String content, int size) {
        String sha256 = Sha256.of(content.getBytes(StandardCharsets.UTF_8)).hex();
        SERVER.execute("""
                INSERT INTO blob_refs (scope_id, sha256, size, created_at)
                SELECT scope_id, '%s', %s, 0 FROM devices WHERE id = '%s' ON CONFLICT DO NOTHING""".formatted(sha256, size, DEVICE.id()));
        return sha256;
    }

    private static String reference(String sha256, String size) {
        return "{\"blob\":{\"sha256\":\"%s\",\"size\":%s}}".formatted(sha256, size);
    }

    private static Answer push(Desktop device, String payload) {
        return Sync.push(SERVER, device, OutboxOp.note("f", "").on("file", "f").withPayload(payload));
    }

    private static void assertRefused(Answer answer, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
    }
}
