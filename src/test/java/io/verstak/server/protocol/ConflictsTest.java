package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Section 3: what other devices did to an entity meanwhile is reported with the push, and refuses nothing. */
class ConflictsTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private final String vault = UUID.randomUUID().toString();
    private final Desktop one = SERVER.pair("alice", vault);
    private final Desktop other = SERVER.pair("alice", vault);

    @Test
    void a_conflict_names_the_other_op_with_its_device_type_and_sequence() {
        OutboxOp theirs = OutboxOp.note("n", "theirs").ofType("delete");
        Sync.push(SERVER, one, OutboxOp.note("x", ""));
        Sync.push(SERVER, other, theirs);

        JsonNode conflicts = push(one, 1, OutboxOp.note("n", "mine"));

        assertThat(conflicts).hasSize(1);
        JsonNode conflict = conflicts.get(0);
        assertThat(conflict.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "op_id", "device_id", "op_type", "server_sequence", "entity_type", "entity_id");
        assertThat(conflict.required("op_id").textValue()).isEqualTo(theirs.opId());
        assertThat(conflict.required("device_id").textValue()).isEqualTo(other.id());
        assertThat(conflict.required("op_type").textValue()).isEqualTo("delete");
        assertThat(conflict.required("server_sequence").longValue()).isEqualTo(2);
        assertThat(conflict.required("entity_type").textValue()).isEqualTo("note");
        assertThat(conflict.required("entity_id").textValue()).isEqualTo("n");
    }

    @Test
    void neither_what_was_seen_nor_own_ops_nor_other_entities_are_conflicts() {
        Sync.push(SERVER, other, OutboxOp.note("n", "seen"));
        Sync.push(SERVER, one, OutboxOp.note("n", "own"));
        Sync.push(SERVER, other, OutboxOp.note("m", "another entity"));
        Sync.push(SERVER, other, OutboxOp.note("n", "another type").on("folder", "n"));

        assertThat(push(one, 1, OutboxOp.note("n", "mine"))).isEmpty();
        assertThat(sequences(push(one, 2, OutboxOp.note("m", "mine")))).containsExactly(3L);
    }

    @Test
    void who_has_seen_nothing_is_told_of_no_conflict() {
        Sync.push(SERVER, other, OutboxOp.note("n", "theirs"));

        assertThat(push(one, 0, OutboxOp.note("n", "mine"))).isEmpty();
    }

    @Test
    void the_hundred_latest_are_reported_in_ascending_order() {
        Sync.push(SERVER, one, OutboxOp.note("n", "first"));
        for (int batch = 0; batch < 2; batch++) {
            List<OutboxOp> ops = new ArrayList<>();
            for (int i = 0; i < 75; i++) {
                ops.add(OutboxOp.note("n", "theirs"));
            }
            Sync.push(SERVER, other, Desktop.pushBody(ops, 0));
        }

        assertThat(sequences(push(one, 1, OutboxOp.note("n", "mine"))))
                .isEqualTo(LongStream.rangeClosed(52, 151).boxed().toList());
        assertThat(sequences(push(one, 51, OutboxOp.note("n", "mine")))).hasSize(100);
        assertThat(sequences(push(one, 52, OutboxOp.note("n", "mine"))))
                .isEqualTo(LongStream.rangeClosed(53, 151).boxed().toList());
    }

    @Test
    void a_retry_reports_no_more_than_the_first_answer_did() {
        Sync.push(SERVER, one, OutboxOp.note("n", "first"));
        Sync.push(SERVER, other, OutboxOp.note("n", "before"));
        OutboxOp mine = OutboxOp.note("n", "mine");
        JsonNode first = push(one, 1, mine);
        Sync.push(SERVER, other, OutboxOp.note("n", "after"));

        assertThat(push(one, 1, mine)).isEqualTo(first).hasSize(1);
        assertThat(push(one, 2, mine)).isEmpty();
        assertThat(push(SERVER.pair("alice", vault), 1, mine)).isEqualTo(first);
    }

    @Test
    void a_push_reports_the_conflicts_of_each_of_its_ops() {
        Sync.push(SERVER, one, OutboxOp.note("x", ""));
        Sync.push(SERVER, other, OutboxOp.note("n", ""), OutboxOp.note("m", ""));

        assertThat(sequences(push(one, 1, OutboxOp.note("m", ""), OutboxOp.note("n", ""), OutboxOp.note("m", ""))))
                .containsExactly(3L, 2L, 3L);
    }

    @Test
    void s30_what_another_vault_does_is_no_conflict() {
        Desktop elsewhere = SERVER.pair("alice", UUID.randomUUID().toString());
        Sync.push(SERVER, one, OutboxOp.note("n", ""));
        Sync.push(SERVER, elsewhere, OutboxOp.note("n", ""), OutboxOp.note("n", ""));

        assertThat(push(one, 1, OutboxOp.note("n", ""))).isEmpty();
    }

    @Test
    void a_desktop_that_pushes_before_it_pulls_is_told_and_loses_nothing() {
        one.make(OutboxOp.note("n", "base")).sync();
        other.pull();
        other.make(OutboxOp.note("n", "theirs")).sync();
        one.make(OutboxOp.note("n", "mine")).sync();

        assertThat(one.conflicts()).hasSize(1);
        assertThat(one.applied()).hasSize(3);
    }

    private static JsonNode push(Desktop device, long lastSeen, OutboxOp... ops) {
        ObjectNode body = Desktop.pushBody(List.of(ops), lastSeen);
        return Sync.push(SERVER, device, body).json().required("conflicts");
    }

    private static List<Long> sequences(JsonNode conflicts) {
        List<Long> sequences = new ArrayList<>();
        conflicts.forEach(
                conflict -> sequences.add(conflict.required("server_sequence").longValue()));
        return sequences;
    }
}
