package io.verstak.server.storage.log;

import com.carrotsearch.hppc.LongArrayList;
import com.carrotsearch.hppc.LongIntHashMap;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The keys of ops of one scope, in the order of their sequences. Each op refers to the one before it with the same op key, and to
 * the ops before it on its entity: the latest one, and the latest one by another device. Takes some 90 bytes an op. Not safe for
 * several threads.
 */
public final class RecentOps {
    /** The memory of an op, in bytes. */
    public static final int OP_BYTES = 90;

    private static final int NONE = -1;

    /** Clients make up ids: without it, ids could be found whose keys all meet in one place of a map. */
    private static final long SALT = new SecureRandom().nextLong();

    private static final int FIRST_CAPACITY = 8;
    private static final long[] NO_LONGS = {};
    private static final int[] NO_INTS = {};

    private final LongIntHashMap byOpKey = new LongIntHashMap(0);
    private final LongIntHashMap byEntity = new LongIntHashMap(0);
    private int size;
    private long[] sequences = NO_LONGS;
    private long[] opKeys = NO_LONGS;
    private long[] entities = NO_LONGS;
    private long[] devices = NO_LONGS;
    private int[] twins = NO_INTS;
    private int[] previous = NO_INTS;
    private int[] previousOthers = NO_INTS;

    /** Adds an op with a sequence above all others. */
    public void add(long sequence, long opKey, long entityKey, long deviceKey) {
        if (size == sequences.length) {
            grow(Math.max(FIRST_CAPACITY, 2 * size));
        }
        sequences[size] = sequence;
        opKeys[size] = opKey;
        entities[size] = entityKey;
        devices[size] = deviceKey;
        int before = byEntity.getOrDefault(entityKey ^ SALT, NONE);
        previous[size] = before;
        previousOthers[size] = before == NONE || devices[before] != deviceKey ? before : previousOthers[before];
        twins[size] = byOpKey.getOrDefault(opKey ^ SALT, NONE);
        byEntity.put(entityKey ^ SALT, size);
        byOpKey.put(opKey ^ SALT, size);
        size++;
    }

    /** Makes room for ops that are about to be added. */
    void expect(int ops) {
        if (size + ops > sequences.length) {
            grow(Math.max(size + ops, 2 * size));
        }
        byOpKey.ensureCapacity(size + ops);
        byEntity.ensureCapacity(size + ops);
    }

    private void grow(int capacity) {
        sequences = Arrays.copyOf(sequences, capacity);
        opKeys = Arrays.copyOf(opKeys, capacity);
        entities = Arrays.copyOf(entities, capacity);
        devices = Arrays.copyOf(devices, capacity);
        twins = Arrays.copyOf(twins, capacity);
        previous = Arrays.copyOf(previous, capacity);
        previousOthers = Arrays.copyOf(previousOthers, capacity);
    }

    /** Adds all ops of another list, which are above those of this one. */
    public void addAll(RecentOps later) {
        for (int i = 0; i < later.size; i++) {
            add(later.sequences[i], later.opKeys[i], later.entities[i], later.devices[i]);
        }
    }

    public int size() {
        return size;
    }

    int indexOf(long sequence) {
        return Arrays.binarySearch(sequences, 0, size, sequence);
    }

    public long sequence(int index) {
        return sequences[index];
    }

    public long opKey(int index) {
        return opKeys[index];
    }

    public long entityKey(int index) {
        return entities[index];
    }

    public long deviceKey(int index) {
        return devices[index];
    }

    /** Adds the sequences of the ops with a key, the latest first. */
    public void find(long opKey, LongArrayList found) {
        for (int i = byOpKey.getOrDefault(opKey ^ SALT, NONE); i != NONE; i = twins[i]) {
            found.add(sequences[i]);
        }
    }

    /** Returns whether another device has ops on the op's entity above a sequence. */
    boolean hasOthers(int index, long above) {
        return previousOthers[index] != NONE && sequences[previousOthers[index]] > above;
    }

    /** Adds the sequences of the ops that a walk asks for, the latest first, until there are as many as the walk wants. */
    public void findOthers(EntityWalk walk, LongArrayList found) {
        int next = latestBelow(walk);
        while (next != NONE && sequences[next] > walk.above() && found.size() < EntityWalk.MOST) {
            if (devices[next] == walk.deviceKey()) {
                next = previousOthers[next];
            } else {
                found.add(sequences[next]);
                next = previous[next];
            }
        }
    }

    /** A walk that does not begin at the end begins at an op on its entity, or before one, in this list. */
    private int latestBelow(EntityWalk walk) {
        int last = byEntity.getOrDefault(walk.entityKey() ^ SALT, NONE);
        if (last == NONE || sequences[last] < walk.below()) {
            return last;
        }
        if (walk.below() <= sequences[0]) {
            return NONE;
        }
        int at = indexOf(walk.below());
        if (at >= 0 && entities[at] == walk.entityKey()) {
            return previous[at];
        }
        while (last != NONE && sequences[last] >= walk.below()) {
            last = previous[last];
        }
        return last;
    }
}
