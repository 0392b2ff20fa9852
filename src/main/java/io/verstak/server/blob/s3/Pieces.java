package io.verstak.server.blob.s3;

import java.nio.ByteBuffer;

/** Bytes in several buffers, as they came. */
final class Pieces {
    private Pieces() {}

    static long length(ByteBuffer[] pieces) {
        long length = 0;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
        }
        return length;
    }

    /** Returns the same bytes with positions of their own. */
    static ByteBuffer[] copy(ByteBuffer[] pieces) {
        ByteBuffer[] copies = new ByteBuffer[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            copies[i] = pieces[i].duplicate();
        }
        return copies;
    }

    /** Moves so many bytes out of the pieces. Returns them. */
    static ByteBuffer[] split(ByteBuffer[] pieces, long bytes) {
        ByteBuffer[] first = copy(pieces);
        long left = bytes;
        for (int i = 0; i < pieces.length; i++) {
            int taken = (int) Math.min(left, pieces[i].remaining());
            first[i].limit(first[i].position() + taken);
            pieces[i].position(pieces[i].position() + taken);
            left -= taken;
        }
        return first;
    }
}
