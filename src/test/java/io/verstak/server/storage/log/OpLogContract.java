package io.verstak.server.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.PushResult.Accepted;
import io.verstak.server.storage.log.PushResult.Refused;
import io.verstak.server.testkit.MutableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@link OpLog} promises of every engine. */
public abstract class OpLogContract {
    private static final Duration ANSWERS_KEPT = Duration.ofHours(1);
    private static final long NO_VAULT = 4_000_000;
    private static final JsonMapper JSON = new JsonMapper();

    protected final MutableClock clock = new MutableClock();
    private final OpCodec codec = new OpCodec();

    /** Opens the log over the same store each time, with two readers and the test's clock. */
    protected abstract OpLog open(Duration answersKept);

    /** Makes an empty log of a vault, and returns its number. */
    protected abstract long newScope();

    /** Lets a vault hold a blob. */
    protected abstract void hold(long scopeId, BlobReference blob);

    @Test
    public void sequences_count_the_ops_of_each_vault_from_one() {
        DeviceIdentity one = device(newScope(), "one");
        DeviceIdentity other = device(newScope(), "other");
        try (OpLog log = open(ANSWERS_KEPT)) {
            List<PushResult> results =
                    log.commit(List.of(push(one, op("a"), op("b")), push(other, op("a")), push(one, op("c"))));

            assertThat(sequences(results.get(0))).containsExactly(1L, 2L);
            assertThat(sequences(results.get(1))).containsExactly(1L);
            assertThat(sequences(results.get(2))).containsExactly(3L);
            assertThat(pulled(log, one, 0)).containsExactly("a", "b", "c");
            assertThat(pulled(log, other, 0)).containsExactly("a");
        }
    }

    @Test
    public void what_was_accepted_is_there_when_the_log_is_opened_again() {
        DeviceIdentity device = device(newScope(), "one");
        try (OpLog log = open(ANSWERS_KEPT)) {
            log.commit(List.of(push(device, op("a"))));
        }
        try (OpLog log = open(ANSWERS_KEPT)) {
            log.commit(List.of(push(device, op("b"))));

            assertThat(pulled(log, device, 0)).containsExactly("a", "b");
        }
    }

    @Test
    public void a_retry_gets_its_first_sequences_in_the_same_group_and_in_a_later_one() {
        DeviceIdentity device = device(newScope(), "one");
        try (OpLog log = open(ANSWERS_KEPT)) {
            Push push = push(device, op("a"), op("b"));
            List<PushResult> results = log.commit(List.of(push, push));
            log.commit(List.of(push(device, op("c"))));

            assertThat(sequences(results.get(1))).containsExactly(1L, 2L);
            assertThat(sequences(log.commit(List.of(push)).get(0))).containsExactly(1L, 2L);
            assertThat(pulled(log, device, 0)).containsExactly("a", "b", "c");
        }
    }

    @Test
    public void a_refused_push_leaves_no_trace_and_refuses_alone() {
        DeviceIdentity device = device(newScope(), "one");
        try (OpLog log = open(ANSWERS_KEPT)) {
            log.commit(List.of(push(device, op("a"))));
            List<PushResult> results = log.commit(
                    List.of(push(device, op("b"), op("a", "note", "changed", 0, null)), push(device, op("c"))));

            assertRefused(results.get(0), ErrorCode.OP_ID_CONFLICT);
            assertThat(sequences(results.get(1))).containsExactly(2L);
            assertThat(pulled(log, device, 0)).containsExactly("a", "c");
        }
    }

    @Test
    public void a_push_to_a_vault_that_was_deleted_is_refused_alone() {
        DeviceIdentity device = device(newScope(), "one");
        DeviceIdentity orphan = device(NO_VAULT, "other");
        try (OpLog log = open(ANSWERS_KEPT)) {
            List<PushResult> results = log.commit(List.of(push(orphan, op("a")), push(device, op("b"))));

            assertRefused(results.get(0), ErrorCode.UNAUTHORIZED);
            assertThat(sequences(results.get(1))).containsExactly(1L);
            assertThat(log.skipTo(orphan, 9)).isFalse();
        }
    }

    @Test
    public void an_op_may_only_refer_to_a_blob_that_its_vault_holds_with_that_size() {
        long scope = newScope();
        DeviceIdentity device = device(scope, "one");
        BlobReference held = new BlobReference(Sha256.of(new byte[] {1}), 1);
        BlobReference foreign = new BlobReference(Sha256.of(new byte[] {2}), 1);
        hold(scope, held);
        hold(newScope(), foreign);
        try (OpLog log = open(ANSWERS_KEPT)) {
            List<PushResult> results = log.commit(List.of(
                    push(device, op("a", "note", "", 0, held)),
                    push(device, op("b", "note", "", 0, foreign)),
                    push(device, op("c", "note", "", 0, new BlobReference(held.sha256(), 2)))));

            assertThat(sequences(results.get(0))).containsExactly(1L);
            assertRefused(results.get(1), ErrorCode.BLOB_NOT_OWNED);
            assertRefused(results.get(2), ErrorCode.INVALID_BLOB_REFERENCE);
        }
    }

    @Test
    public void an_idempotency_key_repeats_its_answer_until_it_expires() {
        DeviceIdentity device = device(newScope(), "one");
        try (OpLog log = open(ANSWERS_KEPT)) {
            Push push = new Push(device, "key", "digest", List.of(op("a")), null);
            Push reused = new Push(device, "key", "another digest", List.of(op("b")), null);
            List<PushResult> results = log.commit(List.of(push, push, reused));
            List<PushResult> later = log.commit(List.of(push, reused));
            clock.advance(ANSWERS_KEPT);
            List<PushResult> expired = log.commit(List.of(reused));

            assertThat(json(results.get(1))).isEqualTo(json(results.get(0)));
            assertRefused(results.get(2), ErrorCode.IDEMPOTENCY_KEY_REUSED);
            assertThat(json(later.get(0))).isEqualTo(json(results.get(0)));
            assertRefused(later.get(1), ErrorCode.IDEMPOTENCY_KEY_REUSED);
            assertThat(sequences(expired.get(0))).containsExactly(2L);
        }
    }

    @Test
    public void conflicts_are_the_unseen_ops_of_other_devices_on_the_entity_stored_or_in_the_same_group() {
        long scope = newScope();
        DeviceIdentity one = device(scope, "one");
        DeviceIdentity other = device(scope, "other");
        try (OpLog log = open(ANSWERS_KEPT)) {
            log.commit(List.of(push(one, op("seen")), push(other, op("stored")), push(one, op("own"))));
            Push late = push(one, op("mine", "note", "", 1, null), op("far", "folder", "", 1, null));
            List<PushResult> results = log.commit(List.of(push(other, op("in the group")), late));

            assertThat(conflicts(results.get(1))).containsExactly("stored", "in the group");
            assertThat(conflicts(log.commit(List.of(late)).get(0))).containsExactly("stored", "in the group");
        }
    }

    @Test
    public void a_page_ends_at_its_limits_and_tells_whether_more_follows() {
        DeviceIdentity device = device(newScope(), "one");
        try (OpLog log = open(ANSWERS_KEPT)) {
            log.commit(List.of(push(device, op("a"), op("b"), op("c"))));

            assertThat(ops(log.read(device, 0, 2, 1 << 20))).containsExactly("a", "b");
            assertThat(log.read(device, 0, 2, 1 << 20).complete()).isFalse();
            assertThat(ops(log.read(device, 1, 2, 1 << 20))).containsExactly("b", "c");
            assertThat(log.read(device, 1, 2, 1 << 20).complete()).isTrue();
            assertThat(ops(log.read(device, 0, 3, 1))).containsExactly("a");
            assertThat(ops(log.read(device, 3, 3, 1))).isEmpty();
            assertThat(log.read(device, 0, 1, 1).head()).isEqualTo(3);
        }
    }

    @Test
    public void pages_over_many_pushes_and_a_gap_hold_each_op_once_and_tell_of_the_gap() {
        DeviceIdentity device = device(newScope(), "one");
        List<String> pushed = new ArrayList<>();
        List<String> pulled = new ArrayList<>();
        List<Long> gaps = new ArrayList<>();
        try (OpLog log = open(ANSWERS_KEPT)) {
            for (int i = 0; i < 30; i++) {
                List<EncodedOp> ops = IntStream.range(0, 1 + i % 7)
                        .mapToObj(number -> op("x".repeat(50 * number) + pushed.size() + " " + number))
                        .toList();
                ops.forEach(op -> pushed.add(op.opId()));
                log.commit(List.of(new Push(device, "", "", ops, null)));
                if (i == 15) {
                    assertThat(log.skipTo(device, 1000)).isTrue();
                }
            }
            long cursor = 0;
            for (boolean complete = false; !complete; ) {
                LogPage page = log.read(device, cursor, 5, 2000);
                JsonNode json = tree(page.json().toString());
                assertThat(page.json().length()).isLessThan(2200);
                pulled.addAll(ids(json.get("ops")));
                if (json.has("gap")) {
                    gaps.add(cursor);
                }
                cursor = json.get("page_last_sequence").longValue();
                complete = page.complete();
            }
        }

        assertThat(pulled).isEqualTo(pushed);
        assertThat(gaps).singleElement(LONG).isLessThan(1000);
    }

    @Test
    public void lines_are_the_ops_above_a_cursor_one_to_a_line() {
        DeviceIdentity device = device(newScope(), "one");
        try (OpLog log = open(ANSWERS_KEPT)) {
            log.commit(List.of(push(device, op("a"), op("b"), op("c"))));

            ExportChunk lines = log.lines(device.scope().id(), 1, 1 << 20);

            assertThat(new String(lines.json(), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> tree(line).get("op_id").textValue()))
                    .containsExactly("b", "c");
            assertThat(lines.ops()).isEqualTo(2);
            assertThat(lines.last()).isEqualTo(3);
            assertThat(log.lines(device.scope().id(), 1, 1).ops()).isEqualTo(1);
        }
    }

    @Test
    public void the_next_op_is_numbered_above_the_cursor_of_a_device_that_is_ahead() {
        DeviceIdentity device = device(newScope(), "one");
        try (OpLog log = open(ANSWERS_KEPT)) {
            log.commit(List.of(push(device, op("a"))));

            assertThat(log.read(device, 9, 1, 1 << 20).beyond()).isTrue();
            assertThat(log.skipTo(device, 9)).isTrue();
            assertThat(log.skipTo(device, 9)).isFalse();
            assertThat(sequences(log.commit(List.of(push(device, op("b")))).get(0)))
                    .containsExactly(10L);
            assertThat(pulled(log, device, 0)).containsExactly("a", "b");
        }
    }

    @Test
    public void answers_that_take_too_much_memory_end_a_group_early() {
        DeviceIdentity device = device(newScope(), "one");
        List<EncodedOp> ops = IntStream.range(0, 50)
                .mapToObj(number -> op("x".repeat(60_000) + number))
                .toList();
        Push large = new Push(device, "", "", ops, null);
        try (OpLog log = open(ANSWERS_KEPT)) {
            List<PushResult> results = log.commit(List.of(large, large, large, large, large));

            assertThat(results).hasSize(3).allMatch(Accepted.class::isInstance);
        }
    }

    private EncodedOp op(String id) {
        return op(id, "note", "", 0, null);
    }

    private EncodedOp op(String id, String entityType, String payload, long lastSeen, @Nullable BlobReference blob) {
        return codec.form(
                "dev", new OpCodec.Fields(id, entityType, "n", "upsert", payload, "2026-01-01"), lastSeen, blob, null);
    }

    private static Push push(DeviceIdentity device, EncodedOp... ops) {
        return new Push(device, "", "", Arrays.asList(ops), null);
    }

    private static DeviceIdentity device(long scope, String id) {
        return new DeviceIdentity(id, new Scope(scope, "user", "vault"));
    }

    private static void assertRefused(PushResult result, ErrorCode code) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.reason())
                                .extracting(ServerException::code)
                                .isEqualTo(code));
    }

    private static JsonNode json(PushResult result) {
        assertThat(result).isInstanceOf(Accepted.class);
        return tree(new String(((Accepted) result).json(), StandardCharsets.UTF_8));
    }

    private static List<Long> sequences(PushResult result) {
        return StreamSupport.stream(json(result).get("sequences").spliterator(), false)
                .map(JsonNode::longValue)
                .toList();
    }

    private static List<String> conflicts(PushResult result) {
        return ids(json(result).get("conflicts"));
    }

    private static List<String> pulled(OpLog log, DeviceIdentity device, long cursor) {
        return ops(log.read(device, cursor, 100, 1 << 20));
    }

    private static List<String> ops(LogPage page) {
        return ids(tree(page.json().toString()).get("ops"));
    }

    private static List<String> ids(JsonNode ops) {
        return StreamSupport.stream(ops.spliterator(), false)
                .map(op -> op.get("op_id").textValue())
                .toList();
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }
}
