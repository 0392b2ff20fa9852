package io.verstak.server.blackbox;

import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Bytes that differ from block to block, however they are cut. */
final class PatternBytes extends InputStream {
    private static final int PERIOD = 8191;
    private static final byte[] BLOCK = new byte[PERIOD * 16];
    private final long size;
    private long at;

    static {
        for (int i = 0; i < BLOCK.length; i++) {
            BLOCK[i] = (byte) (i % PERIOD);
        }
    }

    PatternBytes(long size) {
        this.size = size;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (at == size) {
            return -1;
        }
        int start = (int) (at % PERIOD);
        int count = (int) Math.min(Math.min(length, BLOCK.length - start), size - at);
        System.arraycopy(BLOCK, start, into, offset, count);
        at += count;
        return count;
    }

    /** The SHA-256 of all that a stream holds, in hex. */
    static String digestOf(InputStream bytes) {
        try (bytes) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
