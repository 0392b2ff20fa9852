package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestEngine;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which blobs are worth an upload. */
class MissingBlobsTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Desktop DEVICE = SERVER.pair("alice", "main");

    @Test
    void what_the_scope_does_not_hold_is_named_once_and_in_the_order_of_the_question() {
        String held = stored(600);
        List<String> unknown =
                IntStream.range(0, 5).mapToObj(i -> hash(610 + i)).collect(Collectors.toCollection(ArrayList::new));
        Collections.reverse(unknown);
        List<String> asked = new ArrayList<>(unknown);
        asked.add(2, held);
        asked.add(unknown.get(0));

        assertThat(missing(DEVICE, asked)).isEqualTo(unknown);
    }

    @Test
    void s30_what_another_vault_holds_is_missing() {
        String held = stored(601);

        assertThat(missing(SERVER.pair("alice", "other"), List.of(held))).containsExactly(held);
    }

    @Test
    void a_file_that_is_lost_is_missing_until_it_is_uploaded_again() {
        String held = stored(602);
        SERVER.blobs().delete(new Sha256(held));
        if (TestEngine.ofServers() != TestEngine.SQLITE) {
            // A bucket is not asked for each of a thousand objects: a download finds out, or the scrub.
            LOG.expectError("damaged or missing");
            assertThat(SERVER.send(Blobs.get(DEVICE, new Sha256(held))).code()).isEqualTo("blob_unavailable");
        }

        assertThat(missing(DEVICE, List.of(held))).containsExactly(held);
        stored(602);

        assertThat(missing(DEVICE, List.of(held))).isEmpty();
    }

    @Test
    void a_thousand_are_answered_and_one_more_is_refused() {
        List<String> asked = IntStream.range(0, 1000)
                .mapToObj(i -> hash(10_000 + i))
                .collect(Collectors.toCollection(ArrayList::new));

        assertThat(missing(DEVICE, asked)).isEqualTo(asked);
        asked.add(hash(9_999));
        Answer refused = ask(DEVICE, json(asked));

        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.code()).isEqualTo("request_too_large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"sha256\":null}", "{\"sha256\":[]}"})
    void nothing_asked_is_nothing_missing(String body) {
        assertThat(ask(DEVICE, body).text()).isEqualTo("{\"missing\":[]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[null]", "[\"\"]", "[\"abc\"]", "[\"%s0\"]", "[\"%s\",\"x\"]"})
    void s31_what_is_no_hash_is_refused(String list) {
        Answer refused = ask(DEVICE, "{\"sha256\":" + list.formatted(hash(603)) + "}");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_blob_hash");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"sha256\":\"abc\"}", "{\"sha256\":[1]}", "{\"sha256\":[[]]}", "{\"sha256\":{}}"})
    void what_is_no_list_of_text_is_invalid_json(String body) {
        assertThat(ask(DEVICE, body).code()).isEqualTo("invalid_json");
    }

    @Test
    void the_question_needs_a_token() {
        assertThat(SERVER.send(Request.post(Blobs.PATH + "/missing", "{}")).status())
                .isEqualTo(401);
    }

    private static String stored(long seed) {
        byte[] file = Blobs.bytes(1000, seed);
        Blobs.stored(SERVER, DEVICE, file);
        return Sha256.of(file).hex();
    }

    private static String hash(long seed) {
        return Sha256.of(Blobs.bytes(16, seed)).hex();
    }

    private static List<String> missing(Desktop device, List<String> asked) {
        List<String> missing = new ArrayList<>();
        ask(device, json(asked)).json().required("missing").forEach(name -> missing.add(name.textValue()));
        return missing;
    }

    private static String json(List<String> hashes) {
        return hashes.stream().collect(Collectors.joining("\",\"", "{\"sha256\":[\"", "\"]}"));
    }

    private static Answer ask(Desktop device, String body) {
        return SERVER.send(Request.post(Blobs.PATH + "/missing", body).bearer(device.token()));
    }
}
