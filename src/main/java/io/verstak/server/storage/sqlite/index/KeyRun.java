package io.verstak.server.storage.sqlite.index;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.storage.log.EntityWalk;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.function.IntPredicate;

/**
 * The keys of all ops of a scope between two sequences, sorted: a run of a log-structured merge tree, after O'Neil et al., "The
 * Log-Structured Merge-Tree" (1996). Its entries are in parts of one page each, which are read when they are needed; in memory are
 * the first entry of each part and a filter of the op keys. Never changes.
 *
 * @param id the run's number
 * @param ops the number of its ops
 * @param opFences the first key of each part of op keys
 * @param entityFences the first key and sequence of each part of entities
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record KeyRun(
        long id,
        long scopeId,
        long firstSequence,
        long lastSequence,
        int ops,
        long[] opFences,
        long[] entityFences,
        BloomFilter filter) {

    /** Returns its size in memory, in bytes. */
    long bytes() {
        return 128L + (opFences.length + entityFences.length) * (long) Long.BYTES + filter.size();
    }

    /** Adds the sequences of the ops with a key, the latest first. Mostly without reading anything if there are none. */
    void find(long opKey, RunParts parts, LongArrayList found) throws SQLException {
        if (!filter.mayContain(opKey)) {
            return;
        }
        int at = found.size();
        for (int part = firstOpPart(opKey); part < opFences.length && opFences[part] <= opKey; part++) {
            ByteBuffer entries = parts.read(id, RunParts.OPS, part);
            for (int entry = 0; entry < entries.limit(); entry += RunParts.OP_BYTES) {
                if (entries.getLong(entry) == opKey) {
                    found.insert(at, entries.getLong(entry + Long.BYTES));
                }
            }
        }
    }

    /** The last part that begins below the key; the key may begin in it. */
    private int firstOpPart(long opKey) {
        return Math.max(0, count(opFences.length, part -> opFences[part] < opKey) - 1);
    }

    /** Returns how many of the first numbers a condition holds for; it holds for none after the first that it does not hold for. */
    private static int count(int end, IntPredicate holds) {
        int low = 0;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (holds.test(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Adds the sequences of the ops that a walk asks for, the latest first, until there are as many as the walk wants. */
    void findOthers(EntityWalk walk, RunParts parts, LongArrayList found) throws SQLException {
        int next = latestBelow(walk, parts);
        while (next >= 0 && found.size() < EntityWalk.MOST) {
            ByteBuffer entries = parts.read(id, RunParts.ENTITIES, next / RunParts.ENTITIES_IN_PART);
            int at = next % RunParts.ENTITIES_IN_PART * RunParts.ENTITY_BYTES;
            long sequence = entries.getLong(at + RunParts.SEQUENCE);
            if (entries.getLong(at) != walk.entityKey() || sequence <= walk.above()) {
                return;
            }
            if (entries.getLong(at + RunParts.DEVICE) == walk.deviceKey()) {
                next = entries.getInt(at + RunParts.PREVIOUS_OTHER);
            } else {
                found.add(sequence);
                next--;
            }
        }
    }

    /** Returns the index of the last entry below the walk's entity and end, or -1. */
    private int latestBelow(EntityWalk walk, RunParts parts) throws SQLException {
        int part = count(
                        entityFences.length / 2,
                        fence -> isBelow(entityFences[2 * fence], entityFences[2 * fence + 1], walk))
                - 1;
        if (part < 0) {
            return -1;
        }
        ByteBuffer entries = parts.read(id, RunParts.ENTITIES, part);
        int below = count(entries.limit() / RunParts.ENTITY_BYTES, entry -> {
            int at = entry * RunParts.ENTITY_BYTES;
            return isBelow(entries.getLong(at), entries.getLong(at + RunParts.SEQUENCE), walk);
        });
        return part * RunParts.ENTITIES_IN_PART + below - 1;
    }

    private static boolean isBelow(long entity, long sequence, EntityWalk walk) {
        return entity == walk.entityKey() ? sequence < walk.below() : entity < walk.entityKey();
    }
}
