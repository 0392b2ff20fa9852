package io.verstak.server.storage.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.sqlite.index.IndexedLog.Op;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device says of each op that it has seen nothing but the first op of a log of a million. */
class HostileLastSeenTest {
    private static final int OPS = 1_000_000;
    private static final int AT_ONCE = 50_000;
    private static final int PUSHED = 1000;
    private static final long OWN = 1;
    private static final long OTHER = 2;

    @TempDir
    Path folder;

    @Test
    void the_work_is_bounded_whatever_a_device_says_that_it_has_seen() throws SQLException {
        try (IndexedLog log = new IndexedLog(folder.resolve("server.db"), KeyIndex.Limits.USUAL)) {
            long scope = log.newScope();
            fill(log, scope);
            log.build(scope);
            log.index().find(scope, 0, new LongArrayList());
            log.finish();
            int runs = new RunTable(log.connection()).runs(scope).size();
            assertThat(runs).isBetween(1, 35);

            // One entity of all ops but a few, by the device itself; one by others; those of a few ops; one that is
            // new.
            long own = parts(log, scope, op -> 0);
            long others = parts(log, scope, op -> 1);
            long few = parts(log, scope, op -> 10 + op);
            long unknown = parts(log, scope, op -> -1 - op);

            // A look at where the entity's ops begin in each run, and then one for each op that is found, at most.
            assertThat(own).isLessThan(PUSHED * (runs + 2L * EntityWalk.MOST));
            assertThat(others).isLessThan(PUSHED * (runs + 2L * EntityWalk.MOST));
            assertThat(few).isLessThan(PUSHED * (runs + 2L * EntityWalk.MOST));
            assertThat(unknown).isLessThanOrEqualTo(PUSHED * (long) runs);
        }
    }

    private static void fill(IndexedLog log, long scope) throws SQLException {
        Random random = new Random(3);
        for (int from = 1; from <= OPS; from += AT_ONCE) {
            List<Op> ops = new ArrayList<>();
            for (int i = from; i < from + AT_ONCE; i++) {
                int kind = random.nextInt(4);
                long entity = kind < 2 ? kind : 10 + random.nextInt(PUSHED * 100);
                long device = kind == 0 && i % 5000 != 0 ? OWN : OTHER;
                ops.add(new Op(i, random.nextLong(), entity, device));
            }
            log.fill(scope, ops);
        }
    }

    private interface Entity {
        long of(int op);
    }

    private static long parts(IndexedLog log, long scope, Entity entity) throws SQLException {
        long before = log.index().partsRead();
        LongArrayList found = new LongArrayList();
        for (int i = 0; i < PUSHED; i++) {
            found.elementsCount = 0;
            log.index().findOthers(new EntityWalk(scope, entity.of(i), OWN, 1, OPS + 1 + i), found);
            assertThat(found.size()).isLessThanOrEqualTo(EntityWalk.MOST);
        }
        return log.index().partsRead() - before;
    }
}
