package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 3: the first answer to a push with a key is the answer to each repetition of it, for a day. */
class IdempotencyKeyTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of()).withUser("alice");

    private final String vault = UUID.randomUUID().toString();
    private final Desktop device = SERVER.pair("alice", vault);

    @Test
    void the_same_body_gets_the_first_answer_byte_for_byte() {
        ObjectNode body = keyed("key", OutboxOp.note("n", ""));
        Answer first = Sync.push(SERVER, device, body);
        Sync.push(SERVER, device, OutboxOp.note("later", ""));

        Answer again = Sync.push(SERVER, device, body);
        SERVER.restart();
        Answer afterRestart = Sync.push(SERVER, device, body);

        assertThat(again.wire()).isEqualTo(first.wire());
        assertThat(afterRestart.wire()).isEqualTo(first.wire());
        assertThat(first.json().required("server_sequence").longValue()).isEqualTo(1);
        assertThat(Sync.head(SERVER, device)).isEqualTo(2);
    }

    @Test
    void another_body_is_refused_and_nothing_is_stored() {
        OutboxOp op = OutboxOp.note("n", "");
        Sync.push(SERVER, device, keyed("key", op));

        Answer other = Sync.push(SERVER, device, keyed("key", OutboxOp.note("n", "")));
        Answer more = Sync.push(SERVER, device, keyed("key", op, OutboxOp.note("n", "")));

        for (Answer answer : new Answer[] {other, more}) {
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.code()).isEqualTo("idempotency_key_reused");
        }
        assertThat(Sync.head(SERVER, device)).isEqualTo(1);
    }

    @Test
    void a_reused_key_is_told_before_anything_that_is_wrong_with_the_ops() {
        Sync.push(SERVER, device, keyed("key", OutboxOp.note("n", "")));

        assertThat(Sync.push(SERVER, device, keyed("key", OutboxOp.note("n", "").withPayload("{")))
                        .code())
                .isEqualTo("idempotency_key_reused");
    }

    @Test
    void a_key_is_its_devices_own() {
        Desktop other = SERVER.pair("alice", vault);
        Sync.push(SERVER, device, keyed("key", OutboxOp.note("n", "")));

        Answer answer = Sync.push(SERVER, other, keyed("key", OutboxOp.note("m", "")));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(Sync.head(SERVER, device)).isEqualTo(2);
    }

    @Test
    void a_key_is_kept_for_24_hours_and_no_longer() {
        ObjectNode body = keyed("key", OutboxOp.note("n", ""));
        Answer first = Sync.push(SERVER, device, body);
        CLOCK.advance(DAY.minusMillis(1));
        assertThat(Sync.push(SERVER, device, body).wire()).isEqualTo(first.wire());
        assertThat(Sync.push(SERVER, device, keyed("key", OutboxOp.note("m", "")))
                        .status())
                .isEqualTo(422);

        CLOCK.advance(Duration.ofSeconds(1));

        ObjectNode fresh = keyed("key", OutboxOp.note("m", ""));
        Answer second = Sync.push(SERVER, device, fresh);
        assertThat(second.status()).isEqualTo(200);
        assertThat(Sync.push(SERVER, device, fresh).wire()).isEqualTo(second.wire());
        assertThat(Sync.push(SERVER, device, body).status()).isEqualTo(422);
    }

    @Test
    void a_refused_push_does_not_use_up_its_key() {
        assertThat(Sync.push(SERVER, device, keyed("key", OutboxOp.note("n", "").withPayload("{")))
                        .status())
                .isEqualTo(400);

        assertThat(Sync.push(SERVER, device, keyed("key", OutboxOp.note("n", "")))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void an_empty_key_is_no_key() {
        assertThat(Sync.push(SERVER, device, keyed("", OutboxOp.note("n", ""))).status())
                .isEqualTo(200);
        assertThat(Sync.push(SERVER, device, keyed("", OutboxOp.note("n", ""))).status())
                .isEqualTo(200);
    }

    private static ObjectNode keyed(String key, OutboxOp... ops) {
        return Desktop.pushBody(List.of(ops), 0).put("idempotency_key", key);
    }
}
