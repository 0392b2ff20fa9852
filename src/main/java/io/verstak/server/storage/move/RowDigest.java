package io.verstak.server.storage.move;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The SHA-256 of rows in their order, and their number. Each value goes in with its kind and length. */
public final class RowDigest {
    private static final byte NOTHING = 0;
    private static final byte NUMBER = 1;
    private static final byte TEXT = 2;
    private static final byte BYTES = 3;

    private final MessageDigest digest;
    private final ByteBuffer front = ByteBuffer.allocate(1 + Long.BYTES);
    private long rows;
    private long bytes;

    public RowDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }

    public void add(@Nullable Object[] row) {
        rows++;
        for (Object value : row) {
            if (value == null) {
                add(NOTHING, 0);
            } else if (value instanceof Long number) {
                add(NUMBER, number);
            } else if (value instanceof String text) {
                add(TEXT, text.getBytes(StandardCharsets.UTF_8));
            } else {
                add(BYTES, (byte[]) value);
            }
        }
    }

    private void add(byte kind, byte[] content) {
        add(kind, content.length);
        digest.update(content);
        bytes += content.length;
    }

    private void add(byte kind, long number) {
        front.clear().put(kind).putLong(number).flip();
        digest.update(front);
        bytes += Long.BYTES;
    }

    /** Returns the number of rows. */
    public long rows() {
        return rows;
    }

    /** Returns the number of bytes of all values. */
    public long bytes() {
        return bytes;
    }

    /** Returns the digest in hexadecimal digits; nothing can be added afterwards. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
