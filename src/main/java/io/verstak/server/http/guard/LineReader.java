package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;

/** Collects one short line that ends in CR LF from bytes that arrive in pieces. */
final class LineReader {
    private static final int MAX_LENGTH = 512;

    private final byte[] line = new byte[MAX_LENGTH];
    private int length;
    private boolean afterCr;

    /** Clears the line to read the next one. */
    void reset() {
        length = 0;
        afterCr = false;
    }

    /**
     * Takes bytes up to the end of the line or of the buffer. Fails with {@link Refusal#MALFORMED} on a bare CR or LF
     * and on a line longer than 512 bytes.
     *
     * @return whether the line is complete; its bytes are then in {@link #bytes()} until {@link #reset()}
     */
    boolean read(ByteBuf in) throws MalformedRequest {
        while (in.isReadable()) {
            byte octet = in.readByte();
            if (octet == HttpChars.LF && afterCr) {
                return true;
            }
            if (octet == HttpChars.LF || afterCr) {
                throw MalformedRequest.because("line end");
            }
            if (octet == HttpChars.CR) {
                afterCr = true;
            } else if (length < MAX_LENGTH) {
                line[length++] = octet;
            } else {
                throw MalformedRequest.because("line too long");
            }
        }
        return false;
    }

    byte[] bytes() {
        return line;
    }

    /** Without the line end. */
    int length() {
        return length;
    }
}
