package io.verstak.server.storage.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.log.LogRows.AnswerKey;
import io.verstak.server.storage.log.LogRows.KeptAnswer;
import io.verstak.server.storage.log.LogRows.Stored;
import io.verstak.server.storage.log.LogRows.Wanted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@link LogRows} promises of every engine: one call finds many keys, and what one transaction stores the next one finds. */
public abstract class LogRowsContract {
    private static final int MANY = 150;

    private final OpCodec codec = new OpCodec();

    /** Runs work in a transaction of its own, and commits it. */
    protected abstract <T> T transaction(Function<LogRows, T> work);

    /** Makes an empty log of a vault, and returns its number. */
    protected abstract long newScope();

    @Test
    public void one_call_finds_the_ops_of_many_keys_in_several_vaults() {
        long one = newScope();
        long other = newScope();
        List<EncodedOp> ops = ops(MANY);
        append(one, ops);
        append(other, ops.subList(0, 1));
        List<LogKey> keys = new ArrayList<>();
        for (long scope : new long[] {one, other}) {
            ops.forEach(op -> keys.add(new LogKey(scope, op.opKey())));
        }

        Stored found = load(new Wanted(Set.of(one, other), keys, List.of(), List.of(), 0));

        assertThat(requireNonNull(found.scopes().get(one)).head()).isEqualTo(MANY);
        assertThat(requireNonNull(found.scopes().get(other)).head()).isEqualTo(1);
        assertThat(found.ops()).hasSize(MANY + 1);
        for (int i = 0; i < MANY; i++) {
            EncodedOp op = ops.get(i);
            long sequence = i + 1L;
            assertThat(found.ops().get(new LogKey(one, op.opKey())))
                    .singleElement()
                    .satisfies(known -> {
                        assertThat(known.sequence()).isEqualTo(sequence);
                        assertThat(known.deviceKey()).isEqualTo(7);
                        assertThat(known.opId()).isEqualTo(op.opId());
                    });
        }
    }

    @Test
    public void a_scope_that_does_not_exist_is_missing_and_the_others_are_found() {
        long scope = newScope();

        Stored found = load(new Wanted(Set.of(scope, Long.MAX_VALUE), List.of(), List.of(), List.of(), 0));

        assertThat(found.scopes()).containsOnlyKeys(scope);
    }

    @Test
    public void two_op_ids_that_share_a_key_are_both_found() {
        long scope = newScope();
        EncodedOp first = codec.form("dev", fields("first"), 0, null, null);
        EncodedOp second = withKey(codec.form("dev", fields("second"), 0, null, null), first.opKey());
        append(scope, List.of(first));
        append(scope, List.of(second));

        List<Long> sequences = transaction(rows -> {
            LogTransaction group = new LogTransaction(rows, wanted(scope, List.of(first, second)));
            return Stream.of(first, second)
                    .map(op ->
                            requireNonNull(group.find(group.scope(scope), op)).sequence())
                    .toList();
        });

        assertThat(sequences).containsExactly(1L, 2L);
    }

    @Test
    public void an_op_with_the_key_of_a_stored_one_and_another_id_is_new() {
        long scope = newScope();
        EncodedOp first = codec.form("dev", fields("first"), 0, null, null);
        EncodedOp second = withKey(codec.form("dev", fields("second"), 0, null, null), first.opKey());
        append(scope, List.of(first));

        boolean isNew = transaction(rows -> {
            LogTransaction group = new LogTransaction(rows, wanted(scope, List.of(second)));
            return group.find(group.scope(scope), second) == null;
        });

        assertThat(isNew).isTrue();
    }

    @Test
    public void a_walk_finds_the_latest_ops_of_other_devices_between_two_sequences() {
        long scope = newScope();
        List<EncodedOp> ops = ops(8).stream().map(op -> withEntity(op, 5)).toList();
        long[] devices = {1, 2, 2, 1, 3, 1, 1, 2};
        transaction(rows -> {
            LogTransaction group = new LogTransaction(rows, wanted(scope, ops));
            for (int i = 0; i < devices.length; i++) {
                group.append(group.scope(scope), devices[i], ops.get(i));
            }
            group.store(0, 0);
            return true;
        });

        assertThat(others(scope, 1, 0, 9)).containsExactly(8, 5, 3, 2);
        assertThat(others(scope, 1, 2, 8)).containsExactly(5, 3);
        assertThat(others(scope, 2, 0, 9)).containsExactly(7, 6, 5, 4, 1);
        assertThat(others(scope, 4, 6, 9)).containsExactly(8, 7);
        assertThat(others(scope, 1, 8, 9)).isEmpty();
        assertThat(others(scope, 1, 0, 1)).isEmpty();
    }

    @Test
    public void a_walk_finds_a_hundred_ops_at_most() {
        long scope = newScope();
        List<EncodedOp> ops = ops(MANY).stream().map(op -> withEntity(op, 5)).toList();
        append(scope, ops);

        long[] found = others(scope, 1, 1, MANY + 1);

        assertThat(found).hasSize(EntityWalk.MOST).startsWith(MANY, MANY - 1);
    }

    @Test
    public void ops_are_read_by_their_sequences_and_one_that_is_missing_fails_the_call() {
        long scope = newScope();
        List<EncodedOp> ops = ops(MANY);
        append(scope, ops);

        List<LogKey> keys = List.of(new LogKey(scope, 1), new LogKey(scope, MANY), new LogKey(scope, 101));
        Map<LogKey, byte[]> found = new HashMap<>();
        transaction(rows -> {
            rows.ops(keys, (key, op) -> found.put(key, op.members()));
            return true;
        });

        assertThat(found).containsOnlyKeys(keys);
        assertThat(found.get(new LogKey(scope, 101))).isEqualTo(ops.get(100).json());
        assertThatThrownBy(() -> transaction(rows -> {
                    rows.ops(List.of(new LogKey(scope, MANY + 1)), (key, op) -> {});
                    return true;
                }))
                .isInstanceOf(RuntimeException.class);
    }

    private long[] others(long scope, long device, long above, long below) {
        EntityWalk walk = new EntityWalk(scope, 5, device, above, below);
        return requireNonNull(
                transaction(rows -> rows.findOthers(List.of(walk))).get(walk));
    }

    @Test
    public void answers_are_found_until_they_expire() {
        long scope = newScope();
        AnswerKey key = new AnswerKey("dev " + scope, "key");
        transaction(rows -> {
            LogTransaction group = new LogTransaction(rows, wanted(scope, List.of()));
            group.keepAnswer(key, new KeptAnswer("digest", new byte[] {1, 2}));
            group.store(0, 10);
            return true;
        });

        assertThat(load(answers(key, 9)).answers()).containsEntry(key, "digest");
        assertThat(load(answers(key, 10)).answers()).isEmpty();
        byte[] answer = transaction(rows -> rows.answer(key));
        assertThat(answer).containsExactly(1, 2);
    }

    private Stored load(Wanted wanted) {
        return transaction(rows -> rows.load(wanted));
    }

    private void append(long scope, List<EncodedOp> ops) {
        transaction(rows -> {
            LogTransaction group = new LogTransaction(rows, wanted(scope, ops));
            ops.forEach(op -> group.append(group.scope(scope), 7, op));
            group.store(0, 0);
            return true;
        });
    }

    private static Wanted wanted(long scope, List<EncodedOp> ops) {
        return new Wanted(
                Set.of(scope),
                ops.stream().map(op -> new LogKey(scope, op.opKey())).toList(),
                List.of(),
                List.of(),
                0);
    }

    private static Wanted answers(AnswerKey key, long since) {
        return new Wanted(Set.of(), List.of(), List.of(), List.of(key), since);
    }

    private List<EncodedOp> ops(int count) {
        List<EncodedOp> ops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ops.add(codec.form("dev", fields("op " + i), 0, null, null));
        }
        return ops;
    }

    private static OpCodec.Fields fields(String id) {
        return new OpCodec.Fields(id, "note", "entity of " + id, "upsert", "{}", "2026-01-01");
    }

    private static EncodedOp withKey(EncodedOp op, long key) {
        return new EncodedOp(op.opId(), key, op.entityKey(), 0, op.json(), null, null);
    }

    private static EncodedOp withEntity(EncodedOp op, long key) {
        return new EncodedOp(op.opId(), op.opKey(), key, 0, op.json(), null, null);
    }
}
