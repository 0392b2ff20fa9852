package io.verstak.server.storage.postgresql;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.log.LogKey;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.postgresql.LogConnection.Statement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The last op of each entity that a transaction works on. Each op of the table of keys refers to the op before it by another device, so
 * that a walk passes any number of a device's own ops in one step.
 */
final class EntityTails {
    static final String SELECT = """
            SELECT w.scope_id, w.entity_key, t.seq, t.device_key, t.prev_other
            FROM unnest($1::bigint[], $2::bigint[]) AS w (scope_id, entity_key)
            CROSS JOIN LATERAL (SELECT k.seq, k.device_key, k.prev_other FROM op_keys k
              WHERE k.scope_id = w.scope_id AND k.entity_key = w.entity_key ORDER BY k.seq DESC LIMIT 1) t""";

    static final String INSERT = """
            INSERT INTO op_keys (scope_id, seq, op_key, entity_key, device_key, prev_other)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])""";

    /** A step for each op found, and one to pass the device's own. The rows of a walk come in the order of its steps: the latest op first. */
    static final String WALK = """
            WITH RECURSIVE walk AS (
              SELECT w.*, k.*, CASE WHEN k.device_key = w.own THEN 0 ELSE 1 END AS found
              FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
                WITH ORDINALITY AS w (scope, entity, own, above, below, n)
              CROSS JOIN LATERAL (SELECT o.seq, o.device_key, o.prev_other FROM op_keys o
                WHERE o.scope_id = w.scope AND o.entity_key = w.entity AND o.seq > w.above AND o.seq < w.below
                ORDER BY o.seq DESC LIMIT 1) k
              UNION ALL
              SELECT w.scope, w.entity, w.own, w.above, w.below, w.n, k.seq, k.device_key, k.prev_other,
                w.found + CASE WHEN k.device_key = w.own THEN 0 ELSE 1 END
              FROM walk w
              CROSS JOIN LATERAL (SELECT o.seq, o.device_key, o.prev_other FROM op_keys o
                WHERE o.scope_id = w.scope AND o.entity_key = w.entity AND o.seq > w.above
                  AND o.seq <= CASE WHEN w.device_key = w.own THEN w.prev_other ELSE w.seq - 1 END
                ORDER BY o.seq DESC LIMIT 1) k
              WHERE w.found < $6)
            SELECT n, seq FROM walk WHERE device_key <> own""";

    /** What is walked for a group at once. A push that asks for more walks for itself, as long as that takes. */
    private static final int MOST_AHEAD = 256;

    private static final long[] NOTHING = {};
    private static final Tail NONE = new Tail(0, 0, 0);

    private final LogConnection connection;
    private final Map<LogKey, Tail> tails = new HashMap<>();
    private final Set<EntityWalk> expected = new LinkedHashSet<>();
    private final Map<EntityWalk, long[]> walked = new HashMap<>();

    /**
     * The last op of an entity.
     *
     * @param before the sequence of the last op before it by another device, or 0
     */
    record Tail(long sequence, long deviceKey, long before) {
        long lastOfOthers(long device) {
            return device == deviceKey ? before : sequence;
        }
    }

    EntityTails(LogConnection connection) {
        this.connection = connection;
    }

    /** Asks for the last ops of the entities of pushes; {@link #loaded} takes the answer. */
    Statement load(List<Push> pushes) {
        Set<LogKey> entities = new HashSet<>();
        for (Push push : pushes) {
            long scope = push.device().scope().id();
            long device = OpCodec.deviceKey(push.device().deviceId());
            for (EncodedOp op : push.ops()) {
                entities.add(new LogKey(scope, op.entityKey()));
                if (op.lastSeen() > 0) {
                    expected.add(new EntityWalk(scope, op.entityKey(), device, op.lastSeen(), Long.MAX_VALUE));
                }
            }
        }
        return load(entities);
    }

    private Statement load(Collection<LogKey> entities) {
        entities.forEach(entity -> tails.put(entity, NONE));
        return connection.add(
                SELECT,
                Tuple.tuple()
                        .addArrayOfLong(entities.stream().map(LogKey::scopeId).toArray(Long[]::new))
                        .addArrayOfLong(entities.stream().map(LogKey::number).toArray(Long[]::new)));
    }

    void loaded(RowSet<Row> rows) {
        for (Row row : rows) {
            tails.put(
                    new LogKey(row.getLong(0), row.getLong(1)),
                    new Tail(row.getLong(2), row.getLong(3), row.getLong(4)));
        }
    }

    /** Walks for all pushes to these scopes at once, if any finds something. Returns the sequences of what was found. */
    List<LogKey> walkAll(Set<Long> scopes) {
        List<LogKey> found = new ArrayList<>();
        walk(
                expected.stream()
                        .filter(walk -> scopes.contains(walk.scopeId()) && mayFind(walk))
                        .limit(MOST_AHEAD)
                        .toList(),
                walked);
        walked.forEach((walk, sequences) -> {
            for (long sequence : sequences) {
                found.add(new LogKey(walk.scopeId(), sequence));
            }
        });
        return found;
    }

    /** Asks only for walks that find something and that were not expected: those of a retry. */
    Map<EntityWalk, long[]> findOthers(Collection<EntityWalk> walks) {
        Map<EntityWalk, long[]> found = new HashMap<>();
        List<EntityWalk> further = new ArrayList<>();
        for (EntityWalk walk : walks) {
            long[] known = mayFind(walk) ? walked.get(walk.fromEnd()) : NOTHING;
            if (known == null || (known.length > 0 && known[0] >= walk.below())) {
                further.add(walk);
            } else {
                found.put(walk, known);
            }
        }
        walk(further, found);
        return found;
    }

    private boolean mayFind(EntityWalk walk) {
        Tail tail = tails.get(new LogKey(walk.scopeId(), walk.entityKey()));
        return tail == null || tail.lastOfOthers(walk.deviceKey()) > walk.above();
    }

    private void walk(List<EntityWalk> walks, Map<EntityWalk, long[]> found) {
        if (walks.isEmpty()) {
            return;
        }
        Long[][] columns = new Long[5][walks.size()];
        for (int i = 0; i < walks.size(); i++) {
            EntityWalk walk = walks.get(i);
            columns[0][i] = walk.scopeId();
            columns[1][i] = walk.entityKey();
            columns[2][i] = walk.deviceKey();
            columns[3][i] = walk.above();
            columns[4][i] = walk.below();
        }
        Statement steps = connection.add(WALK, tuple(columns).addInteger(EntityWalk.MOST));
        connection.send();
        Map<EntityWalk, LongArrayList> sequences = new HashMap<>();
        for (Row row : steps.rows()) {
            sequences
                    .computeIfAbsent(walks.get(row.getInteger(0) - 1), walk -> new LongArrayList())
                    .add(row.getLong(1));
        }
        walks.forEach(walk -> found.put(walk, NOTHING));
        sequences.forEach((walk, those) -> found.put(walk, those.toArray()));
    }

    /** Adds the keys of new ops. */
    void store(List<Chunk> chunks) {
        List<ChunkHead> heads = chunks.stream()
                .map(chunk -> new ChunkHead(chunk.lastSequence(), chunk.head()))
                .toList();
        loadMissing(chunks, heads);
        Long[][] columns = new Long[6][heads.stream().mapToInt(ChunkHead::ops).sum()];
        int next = 0;
        for (int c = 0; c < heads.size(); c++) {
            ChunkHead head = heads.get(c);
            for (int i = 0; i < head.ops(); i++) {
                LogKey entity = new LogKey(chunks.get(c).scopeId(), head.entityKey(i));
                long before = tails.getOrDefault(entity, NONE).lastOfOthers(head.deviceKey(i));
                tails.put(entity, new Tail(head.sequence(i), head.deviceKey(i), before));
                columns[0][next] = entity.scopeId();
                columns[1][next] = head.sequence(i);
                columns[2][next] = head.opKey(i);
                columns[3][next] = entity.number();
                columns[4][next] = head.deviceKey(i);
                columns[5][next] = before;
                next++;
            }
        }
        connection.add(INSERT, tuple(columns));
    }

    /** Only a caller that appends ops which it has not announced needs it. */
    private void loadMissing(List<Chunk> chunks, List<ChunkHead> heads) {
        Set<LogKey> missing = new HashSet<>();
        for (int c = 0; c < heads.size(); c++) {
            for (int i = 0; i < heads.get(c).ops(); i++) {
                LogKey entity = new LogKey(chunks.get(c).scopeId(), heads.get(c).entityKey(i));
                if (!tails.containsKey(entity)) {
                    missing.add(entity);
                }
            }
        }
        if (!missing.isEmpty()) {
            Statement found = load(missing);
            connection.send();
            loaded(found.rows());
        }
    }

    /** Forgets what a transaction has found. */
    void clear() {
        tails.clear();
        expected.clear();
        walked.clear();
    }

    private static Tuple tuple(Long[][] columns) {
        Tuple values = Tuple.tuple();
        for (Long[] column : columns) {
            values.addArrayOfLong(column);
        }
        return values;
    }
}
