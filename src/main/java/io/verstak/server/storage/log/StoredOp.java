package io.verstak.server.storage.log;

import java.util.Arrays;

/**
 * An op that the log holds.
 *
 * @param members the members of its object without the sequence, as {@link EncodedOp#json}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record StoredOp(long sequence, long deviceKey, byte[] members) {

    /** Returns an op of a chunk. */
    public static StoredOp of(ChunkHead head, int index, byte[] body) {
        long sequence = head.sequence(index);
        int begin = head.offset(index);
        return new StoredOp(
                sequence,
                head.deviceKey(index),
                Arrays.copyOfRange(body, begin + Chunk.opening(sequence).length, begin + head.length(index) - 1));
    }

    /** Returns the op's fields before its payload. */
    public OpHeader header() {
        return OpHeader.parse(members);
    }

    /** Returns whether two ops have the same content, as a retry must: all fields but the ids of op and device are equal. */
    static boolean sameContent(byte[] members, byte[] others) {
        return Arrays.equals(members, others) || DecodedOp.parse(members).sameContent(DecodedOp.parse(others));
    }
}
