package io.verstak.server.storage.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.sqlite.index.IndexedLog.Op;
import io.verstak.server.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index finds what a plain list finds, whatever it keeps in memory and whatever in runs. */
class KeyIndexTest {
    /** So small that a few hundred ops make runs of several tiers; three scopes do not fit into memory. */
    private static final KeyIndex.Limits SMALL = new KeyIndex.Limits(16, 4, 16, 6, 12_000, 50, 2);

    private static final int ENTITIES = 30;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void it_answers_as_a_list_does_after_anything(long seed) throws SQLException {
        Random random = new Random(seed);
        try (IndexedLog log = new IndexedLog(folder.resolve("server.db"), SMALL)) {
            List<Long> scopes = List.of(log.newScope(), log.newScope(), log.newScope());
            for (int i = 0; i < 900; i++) {
                long scope = scopes.get(Math.max(0, random.nextInt(5) - 2));
                switch (random.nextInt(12)) {
                    case 0 -> log.pushInVain(scope, some(log, scope, random));
                    case 1 -> log.reopen();
                    case 2 -> log.stepInVain();
                    case 3 -> log.finish();
                    case 4, 5, 6 -> log.step();
                    default -> log.push(scope, some(log, scope, random));
                }
                log.assertSome(random, 2);
            }
            log.assertSome(random, 500);
            log.finish();
            log.assertSome(random, 500);
            log.assertSound();
            log.reopen();
            log.assertSome(random, 500);
        }
    }

    /** Some keys come again; one entity is in every third op; sequences have gaps. */
    private static List<Op> some(IndexedLog log, long scope, Random random) {
        List<Op> some = new ArrayList<>();
        List<Op> known = log.ops(scope);
        long sequence = log.head(scope);
        for (int i = random.nextInt(25); i >= 0; i--) {
            sequence += random.nextInt(20) == 0 ? 1 + random.nextInt(50) : 1;
            long key = random.nextInt(20) == 0 && !known.isEmpty()
                    ? known.get(random.nextInt(known.size())).key()
                    : random.nextLong();
            long entity = random.nextInt(3) == 0 ? 0 : random.nextInt(ENTITIES) - ENTITIES / 2;
            some.add(new Op(sequence, key, entity, random.nextInt(3)));
        }
        return some;
    }

    @Test
    void a_kill_after_any_step_leaves_the_same_answers_and_its_garbage_goes() throws SQLException, IOException {
        Random random = new Random(7);
        Path file = folder.resolve("server.db");
        int steps = 0;
        try (IndexedLog log = new IndexedLog(file, SMALL)) {
            long scope = log.newScope();
            for (int i = 0; i < 40; i++) {
                log.push(scope, some(log, scope, random));
                while (log.index().isDue()) {
                    log.step();
                    assertSameAfterKill(log, Files.copy(file, folder.resolve("killed-" + steps++)), random);
                }
            }
            assertThat(TestDatabase.rows(file, "SELECT COUNT(*) FROM key_runs WHERE ops > 128"))
                    .isNotEqualTo(List.of("0"));
            assertThat(TestDatabase.rows(file, "SELECT COUNT(*) < 40 FROM chunks"))
                    .containsExactly("1");
        }
        assertThat(steps).isGreaterThan(60);
    }

    private static void assertSameAfterKill(IndexedLog log, Path copy, Random random) throws SQLException {
        try (IndexedLog killed = new IndexedLog(copy, SMALL)) {
            killed.has(log);
            killed.assertSome(random, 10);
            killed.finish();
            killed.assertSome(random, 10);
            killed.assertSound();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 32, 251, 252, 253, 600})
    void a_run_of_one_key_and_one_entity_is_found_whole(int count) throws SQLException {
        try (IndexedLog log = new IndexedLog(folder.resolve("server.db"), KeyIndex.Limits.USUAL)) {
            long scope = log.newScope();
            List<Op> same = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                same.add(new Op(i, 4711, 12, i % 150 == 0 ? 2 : 1));
            }
            log.push(scope, same);
            log.build(scope);

            log.assertFound(scope, 4711);
            log.assertFound(scope, 4710);
            log.assertFound(scope, 4712);
            for (long device = 1; device <= 3; device++) {
                log.assertFound(new EntityWalk(scope, 12, device, 1, count + 1));
                log.assertFound(new EntityWalk(scope, 12, device, 1, count));
                log.assertFound(new EntityWalk(scope, 11, device, 1, count));
                log.assertFound(new EntityWalk(scope, 13, device, 1, count));
            }
            log.finish();
            log.assertSound();
        }
    }

    @Test
    void two_ops_with_one_key_are_found_in_memory_across_runs_and_across_the_border_of_two_parts() throws SQLException {
        try (IndexedLog log = new IndexedLog(folder.resolve("server.db"), KeyIndex.Limits.USUAL)) {
            long scope = log.newScope();
            List<Op> first = new ArrayList<>();
            for (int i = 1; i <= 300; i++) {
                // The 252nd and the 253rd key are one: the last of a part and the first of the next.
                first.add(new Op(i, i == 253 ? 252 : i, i, 1));
            }
            log.push(scope, first);
            log.build(scope);
            log.push(scope, twins(301, 100));
            log.build(scope);
            log.push(scope, List.of(new Op(401, 50, 1, 1), new Op(402, 252, 1, 1)));

            for (long key = 1; key <= 301; key++) {
                log.assertFound(scope, key);
            }
            log.finish();
            log.assertSound();
        }
    }

    private static List<Op> twins(int from, int count) {
        List<Op> twins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            twins.add(new Op(from + i, i + 200, i, 2));
        }
        return twins;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 31, 32, 160})
    void a_log_that_was_written_without_the_index_is_indexed_when_it_is_first_used(int count) throws SQLException {
        Random random = new Random(count);
        try (IndexedLog log = new IndexedLog(folder.resolve("server.db"), SMALL)) {
            long scope = log.newScope();
            List<Op> all = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                all.add(new Op(i, random.nextLong(), random.nextInt(5), random.nextInt(3)));
            }
            log.fill(scope, all);

            log.assertSome(random, 20);
            log.finish();
            log.assertSome(random, 20);
            log.build(scope);
            log.assertSome(random, 20);
            log.finish();
            log.assertSound();
        }
    }

    @Test
    void what_a_filter_lets_through_by_mistake_is_not_found() throws SQLException {
        Random random = new Random(11);
        try (IndexedLog log = new IndexedLog(folder.resolve("server.db"), KeyIndex.Limits.USUAL)) {
            long scope = log.newScope();
            List<Op> all = new ArrayList<>();
            for (int i = 1; i <= 1000; i++) {
                all.add(new Op(i, random.nextLong(), i, 1));
            }
            log.push(scope, all);
            log.build(scope);
            long before = log.index().partsRead();

            for (int i = 0; i < 2000; i++) {
                log.assertFound(scope, random.nextLong());
            }

            // 1 % of them, and a margin.
            assertThat(log.index().partsRead() - before).isBetween(1L, 60L);
        }
    }

    @Test
    void parts_that_nobody_needs_are_swept_in_pieces() throws SQLException {
        Path file = folder.resolve("server.db");
        try (IndexedLog log = new IndexedLog(file, SMALL)) {
            long scope = log.newScope();
            log.push(scope, some(log, scope, new Random(1)));
            for (long run : List.of(77, 78, 4711)) {
                for (long part = 0; part < 5; part++) {
                    TestDatabase.execute(
                            file, "INSERT INTO key_parts VALUES (%d << 24 | %d, zeroblob(16))".formatted(run, part));
                }
            }
            log.reopen();

            log.finish();

            log.assertSound();
            log.push(scope, some(log, scope, new Random(2)));
            log.assertSome(new Random(3), 20);
        }
    }

    @Test
    void a_vault_that_is_deleted_leaves_nothing() throws SQLException {
        Path file = folder.resolve("server.db");
        try (IndexedLog log = new IndexedLog(file, SMALL)) {
            long scope = log.newScope();
            Random random = new Random(5);
            for (int i = 0; i < 20; i++) {
                log.push(scope, some(log, scope, random));
            }
            for (int i = 0; i < 15; i++) {
                log.step();
            }
            TestDatabase.execute(file, "DELETE FROM chunks", "DELETE FROM key_runs", "DELETE FROM scopes");
            log.ops(scope).clear();

            log.finish();
            log.reopen();
            log.finish();

            log.assertSound();
            assertThat(TestDatabase.rows(file, "SELECT COUNT(*) FROM key_parts"))
                    .containsExactly("0");
        }
    }

    /** Its chunks go first, then the parts of its runs, then their rows: a merge that has begun ends without them. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35})
    void a_vault_may_be_deleted_while_its_runs_are_merged(int steps) throws SQLException {
        Path file = folder.resolve("server.db");
        try (IndexedLog log = new IndexedLog(file, SMALL)) {
            long scope = log.newScope();
            Random random = new Random(steps);
            for (int i = 0; i < 40 + steps; i++) {
                log.push(scope, some(log, scope, random));
                log.step();
            }
            TestDatabase.execute(file, "DELETE FROM chunks", "DELETE FROM key_parts");
            log.ops(scope).clear();

            log.finish();
            TestDatabase.execute(file, "DELETE FROM key_runs", "DELETE FROM scopes");
            log.reopen();
            log.finish();

            log.assertSound();
        }
    }
}
