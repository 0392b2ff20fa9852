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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 3: pushes that meet in one commit keep out of each other's way. */
class ConcurrentPushTest {
    private static final int AT_ONCE = 24;
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(AT_ONCE);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private final Desktop device = SERVER.pair("alice", UUID.randomUUID().toString());

    @AfterAll
    static void stopPushing() {
        THREADS.shutdown();
    }

    @Test
    void one_push_sent_many_times_at_once_is_stored_once_and_accepted_each_time() {
        ObjectNode body = Desktop.pushBody(Sync.notes(20), 0);

        List<Answer> answers = atOnce(i -> body);

        assertThat(answers)
                .allSatisfy(answer -> assertThat(Sync.numbers(answer.json().required("sequences")))
                        .isEqualTo(LongStream.rangeClosed(1, 20).boxed().toList()));
        assertThat(Sync.head(SERVER, device)).isEqualTo(20);
    }

    @Test
    void one_key_used_many_times_at_once_gets_one_answer() {
        ObjectNode body = Desktop.pushBody(Sync.notes(5), 0).put("idempotency_key", "key");

        List<Answer> answers = atOnce(i -> body);

        assertThat(answers.stream().map(Answer::text).distinct()).hasSize(1);
        assertThat(Sync.head(SERVER, device)).isEqualTo(5);
    }

    @Test
    void one_key_with_many_bodies_at_once_takes_one_of_them() {
        List<Answer> answers = atOnce(i -> Desktop.pushBody(Sync.notes(1), 0).put("idempotency_key", "key"));

        assertThat(answers.stream().map(Answer::status).sorted().toList())
                .startsWith(200, 422)
                .endsWith(422, 422);
        assertThat(Sync.head(SERVER, device)).isEqualTo(1);
    }

    @Test
    void a_push_that_is_refused_refuses_alone() {
        OutboxOp taken = OutboxOp.note("n", "first");
        Sync.push(SERVER, device, taken);

        List<Answer> answers = atOnce(i -> i % 2 == 0
                ? Desktop.pushBody(Sync.notes(2), 0)
                : Desktop.pushBody(List.of(OutboxOp.note("m", ""), taken.withPayload("{}")), 0));

        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            assertThat(answers.get(i).status()).isEqualTo(i % 2 == 0 ? 200 : 409);
            if (i % 2 == 0) {
                sequences.addAll(Sync.numbers(answers.get(i).json().required("sequences")));
            }
        }
        assertThat(sequences.stream().sorted())
                .isEqualTo(LongStream.rangeClosed(2, AT_ONCE + 1).boxed().toList());
    }

    private List<Answer> atOnce(IntFunction<ObjectNode> body) {
        List<CompletableFuture<Answer>> pushes = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> Sync.push(SERVER, device, body.apply(i)), THREADS))
                .toList();
        return pushes.stream().map(CompletableFuture::join).toList();
    }
}
