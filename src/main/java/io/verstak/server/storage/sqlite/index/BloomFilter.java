package io.verstak.server.storage.sqlite.index;

import java.nio.ByteBuffer;

/**
 * Says of a key whether a set surely lacks it. A key that the set lacks passes with a probability of 0.3 %. The bits of a key are
 * made of two hashes, after Kirsch and Mitzenmacher, "Less Hashing, Same Performance" (2006); the keys are digests themselves.
 */
final class BloomFilter {
    private static final int BITS_PER_KEY = 12;
    private static final int HASHES = 8;
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final long[] words;

    private BloomFilter(long[] words) {
        this.words = words;
    }

    static BloomFilter empty(int keys) {
        return new BloomFilter(new long[Math.toIntExact(size(keys) / Long.BYTES)]);
    }

    static BloomFilter of(byte[] bytes) {
        long[] words = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(words);
        return new BloomFilter(words);
    }

    /** Returns the size of the filter of so many keys, in bytes. */
    static long size(int keys) {
        return ((long) keys * BITS_PER_KEY / Long.SIZE + 1) * Long.BYTES;
    }

    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES);
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }

    /** Returns the size in bytes. */
    int size() {
        return words.length * Long.BYTES;
    }

    void add(long key) {
        long hash = key;
        for (int i = 0; i < HASHES; i++) {
            long bit = bit(hash);
            words[(int) (bit >>> 6)] |= 1L << bit;
            hash += step(key);
        }
    }

    boolean mayContain(long key) {
        long hash = key;
        for (int i = 0; i < HASHES; i++) {
            long bit = bit(hash);
            if ((words[(int) (bit >>> 6)] & 1L << bit) == 0) {
                return false;
            }
            hash += step(key);
        }
        return true;
    }

    /** Maps a hash to the range of bits by a multiplication, after Lemire, "Fast Random Integer Generation in an Interval" (2019). */
    private long bit(long hash) {
        return Math.multiplyHigh(hash >>> 1, 2L * Long.SIZE * words.length);
    }

    private static long step(long key) {
        return Long.rotateLeft(key, 32) * GOLDEN_RATIO | 1;
    }
}
