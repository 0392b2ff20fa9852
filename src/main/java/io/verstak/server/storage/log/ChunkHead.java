package io.verstak.server.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The head of a chunk: 32 bytes for each op, in the order of their sequences. Big-endian: op key (8 bytes), entity key (8), device
 * key (8), length of the op's object in the body (4), distance of its sequence from the chunk's last one (4).
 */
public final class ChunkHead {
    /** The bytes of an op. */
    public static final int ENTRY_BYTES = 32;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int ENTITY = 8;
    private static final int DEVICE = 16;
    private static final int LENGTH = 24;
    private static final int DISTANCE = 28;

    private final long lastSequence;
    private final byte[] bytes;

    /** @throws IllegalArgumentException if the bytes are no head */
    public ChunkHead(long lastSequence, byte[] bytes) {
        if (!isOne(bytes)) {
            throw new IllegalArgumentException("a head of %s bytes".formatted(bytes.length));
        }
        this.lastSequence = lastSequence;
        this.bytes = bytes;
    }

    /** Returns whether bytes can be a head. */
    public static boolean isOne(byte[] bytes) {
        return bytes.length > 0 && bytes.length % ENTRY_BYTES == 0;
    }

    /** @param distance from the first op; {@link #countFromLast} turns it round once the last one is known */
    static void write(byte[] head, int index, long opKey, long entityKey, long deviceKey, int length, int distance) {
        int at = index * ENTRY_BYTES;
        LONG.set(head, at, opKey);
        LONG.set(head, at + ENTITY, entityKey);
        LONG.set(head, at + DEVICE, deviceKey);
        INT.set(head, at + LENGTH, length);
        INT.set(head, at + DISTANCE, distance);
    }

    static void countFromLast(byte[] head, int span) {
        for (int at = DISTANCE; at < head.length; at += ENTRY_BYTES) {
            INT.set(head, at, span - (int) INT.get(head, at));
        }
    }

    public int ops() {
        return bytes.length / ENTRY_BYTES;
    }

    public long opKey(int index) {
        return (long) LONG.get(bytes, index * ENTRY_BYTES);
    }

    public long entityKey(int index) {
        return (long) LONG.get(bytes, index * ENTRY_BYTES + ENTITY);
    }

    public long deviceKey(int index) {
        return (long) LONG.get(bytes, index * ENTRY_BYTES + DEVICE);
    }

    /** Returns the length of the op's object in the body, in bytes. */
    public int length(int index) {
        return (int) INT.get(bytes, index * ENTRY_BYTES + LENGTH);
    }

    public long sequence(int index) {
        return lastSequence - (int) INT.get(bytes, index * ENTRY_BYTES + DISTANCE);
    }

    /** Returns the index of the first op above a sequence, or the number of ops if there is none. */
    public int firstAbove(long sequence) {
        int low = 0;
        int high = ops();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sequence(middle) > sequence) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Returns whether the sequences ascend to the chunk's last one, as a check asks. */
    public boolean ascends() {
        long before = 0;
        for (int i = 0; i < ops(); i++) {
            if (sequence(i) <= before) {
                return false;
            }
            before = sequence(i);
        }
        return before == lastSequence;
    }

    /**
     * Returns the index of the first op whose object, with its sequence inside, is not where the head says that it is in a body, or
     * -1. A head with such an op is not to be read by {@link StoredOp#of}.
     */
    public int firstMisplaced(byte[] body) {
        int at = 0;
        for (int i = 0; i < ops(); i++) {
            byte[] opening = Chunk.opening(sequence(i));
            if (length(i) <= opening.length || length(i) > body.length - at) {
                return i;
            }
            int end = at + length(i);
            boolean separated = i + 1 < ops() ? end < body.length && body[end] == ',' : end == body.length;
            if (!separated
                    || body[end - 1] != '}'
                    || !Arrays.equals(body, at, at + opening.length, opening, 0, opening.length)) {
                return i;
            }
            at = end + 1;
        }
        return -1;
    }

    /** Returns whether the chunk may take as much again: it is worth a merge. */
    public boolean isSmall() {
        return ops() <= Chunk.MAX_OPS / 2 && offset(ops()) <= Chunk.MAX_BYTES / 2;
    }

    /** Returns where the op's object begins in the body. */
    public int offset(int index) {
        int offset = 0;
        for (int i = 0; i < index; i++) {
            offset += length(i) + 1;
        }
        return offset;
    }
}
