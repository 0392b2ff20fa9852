package io.verstak.server.storage.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.log.LogRows.AnswerKey;
import io.verstak.server.storage.log.LogRows.EntityEnd;
import io.verstak.server.storage.log.LogRows.KeptAnswer;
import io.verstak.server.storage.log.LogRows.Stored;
import io.verstak.server.storage.log.LogRows.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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
    public void one_call_finds_the_ops_and_entities_of_many_keys_in_several_vaults() {
        long one = newScope();
        long other = newScope();
        List<EncodedOp> ops = ops(MANY);
        append(one, ops);
        append(other, ops.subList(0, 1));
        List<LogKey> keys = new ArrayList<>();
        List<LogKey> entities = new ArrayList<>();
        for (long scope : new long[] {one, other}) {
            ops.forEach(op -> keys.add(new LogKey(scope, op.opKey())));
            ops.forEach(op -> entities.add(new LogKey(scope, op.entityKey())));
        }

        Stored found = load(new Wanted(Set.of(one, other), keys, entities, List.of(), List.of(), 0));

        assertThat(requireNonNull(found.scopes().get(one)).head()).isEqualTo(MANY);
        assertThat(requireNonNull(found.scopes().get(other)).head()).isEqualTo(1);
        assertThat(found.ops()).hasSize(MANY + 1);
        assertThat(found.entities()).hasSize(MANY + 1);
        for (int i = 0; i < MANY; i++) {
            EncodedOp op = ops.get(i);
            assertThat(found.ops().get(new LogKey(one, op.opKey()))).satisfies(known -> {
                assertThat(known.opId()).isEqualTo(op.opId());
                assertThat(known.content()).isEqualTo(op.content());
            });
            assertThat(found.entities().get(new LogKey(one, op.entityKey()))).isEqualTo(new EntityEnd(i + 1, 7, 0));
        }
    }

    @Test
    public void a_scope_that_does_not_exist_fails_the_whole_call() {
        long scope = newScope();

        assertThatThrownBy(() ->
                        load(new Wanted(Set.of(scope, Long.MAX_VALUE), List.of(), List.of(), List.of(), List.of(), 0)))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    public void an_op_whose_key_another_one_has_taken_is_found_by_the_next_free_key() {
        long scope = newScope();
        EncodedOp first = codec.form("dev", fields("first"), 0, null, null);
        EncodedOp second = withKey(codec.form("dev", fields("second"), 0, null, null), first.opKey());
        append(scope, List.of(first));
        append(scope, List.of(second));

        Long sequence = transaction(rows -> {
            LogTransaction group = new LogTransaction(rows, wanted(scope, List.of(first, second)));
            LogRows.KnownOp known = group.find(scope, second);
            return known == null ? null : known.sequence();
        });

        assertThat(sequence).isEqualTo(2);
    }

    @Test
    public void an_op_knows_the_one_before_it_on_its_entity_and_the_latest_one_by_another_device() {
        long scope = newScope();
        List<EncodedOp> ops = ops(3).stream().map(op -> withEntity(op, 5)).toList();
        transaction(rows -> {
            LogTransaction group = new LogTransaction(rows, wanted(scope, ops));
            group.append(group.scope(scope), 1, ops.get(0));
            group.append(group.scope(scope), 2, ops.get(1));
            group.append(group.scope(scope), 2, ops.get(2));
            group.store(0, 0);
            return true;
        });

        ChainedOp third =
                requireNonNull(transaction(rows -> rows.chainedOps(List.of(new LogKey(scope, 3), new LogKey(scope, 1))))
                        .get(new LogKey(scope, 3)));

        assertThat(third.previous()).isEqualTo(2);
        assertThat(third.previousOther()).isEqualTo(1);
        assertThat(third.deviceKey()).isEqualTo(2);
        assertThat(third.op().opId()).isEqualTo(ops.get(2).opId());
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
                ops.stream().map(op -> new LogKey(scope, op.entityKey())).toList(),
                List.of(),
                List.of(),
                0);
    }

    private static Wanted answers(AnswerKey key, long since) {
        return new Wanted(Set.of(), List.of(), List.of(), List.of(), List.of(key), since);
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
        return new EncodedOp(op.opId(), key, op.entityKey(), 0, op.content(), op.json(), null, null);
    }

    private static EncodedOp withEntity(EncodedOp op, long key) {
        return new EncodedOp(op.opId(), op.opKey(), key, 0, op.content(), op.json(), null, null);
    }
}
