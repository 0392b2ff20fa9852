package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The reported conflicts are those that a walk through the whole history finds. */
class ConflictsPropertyTest {
    private static final int DEVICES = 3;

    @SuppressWarnings("NullAway.Init")
    private static TestServer server;

    private static final List<Desktop> DESKTOPS = new ArrayList<>();

    /** An op as the log holds it. */
    private record Logged(long sequence, int device, String entity) {}

    /** A push of a few ops by a device which has seen all but the last few ops of the log. */
    record Step(int device, List<Integer> entities, int unseen, boolean retried) {}

    @BeforeContainer
    static void start() {
        server = TestServer.start().withUser("alice");
        for (int i = 0; i < DEVICES; i++) {
            DESKTOPS.add(server.pair("alice", "main"));
        }
    }

    @AfterContainer
    static void stop() {
        server.close();
    }

    @Property(seed = "20261130", tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void conflicts_are_those_of_the_model(@ForAll("histories") List<Step> history) {
        String run = UUID.randomUUID().toString();
        List<Logged> log = new ArrayList<>();
        for (Step step : history) {
            Desktop desktop = DESKTOPS.get(step.device());
            List<OutboxOp> ops = step.entities().stream()
                    .map(entity -> OutboxOp.note(run + entity, "").ofType(entity == 0 ? "delete" : "update"))
                    .toList();
            long head = Sync.head(server, desktop);
            long lastSeen = Math.max(0, head - step.unseen());
            ObjectNode body = Desktop.pushBody(ops, lastSeen);

            JsonNode answer = Sync.push(server, desktop, body).json();

            List<Long> expected = new ArrayList<>();
            for (int i = 0; i < ops.size(); i++) {
                long sequence = head + 1 + i;
                String entity = ops.get(i).entityId();
                expected.addAll(model(log, step.device(), entity, lastSeen, sequence));
                log.add(new Logged(sequence, step.device(), entity));
            }
            assertThat(sequences(answer)).isEqualTo(expected);
            if (step.retried()) {
                assertThat(Sync.push(server, desktop, body).json()).isEqualTo(answer);
            }
        }
    }

    private static List<Long> model(List<Logged> log, int device, String entity, long lastSeen, long sequence) {
        if (lastSeen == 0) {
            return List.of();
        }
        List<Long> all = log.stream()
                .filter(op -> op.entity().equals(entity) && op.device() != device)
                .map(Logged::sequence)
                .filter(other -> other > lastSeen && other < sequence)
                .toList();
        return all.subList(Math.max(0, all.size() - 100), all.size());
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<List<Integer>> entities =
                Arbitraries.integers().between(0, 2).list().ofMinSize(1).ofMaxSize(4);
        Arbitrary<List<Integer>> many = Arbitraries.just(0).list().ofSize(60);
        return Combinators.combine(
                        Arbitraries.integers().between(0, DEVICES - 1),
                        Arbitraries.frequencyOf(Tuple.of(12, entities), Tuple.of(1, many)),
                        Arbitraries.integers().between(0, 150),
                        Arbitraries.of(true, false, false))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(20);
    }

    private static List<Long> sequences(JsonNode answer) {
        List<Long> sequences = new ArrayList<>();
        answer.required("conflicts")
                .forEach(conflict ->
                        sequences.add(conflict.required("server_sequence").longValue()));
        return sequences;
    }
}
