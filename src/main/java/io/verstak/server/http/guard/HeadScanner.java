package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a request head in bytes that arrive in pieces, reading each byte once. Only CR LF ends a line: a
 * proxy that treats a bare LF differently enables request smuggling (RFC 9112 section 2.2).
 */
final class HeadScanner implements ByteProcessor {
    private final int maxLine;
    private final int maxHead;

    private int length;
    private int lineStart;
    private boolean firstLine;
    private boolean afterCr;
    private boolean complete;
    private @Nullable MalformedRequest malformed;

    HeadScanner(int maxLine, int maxHead) {
        this.maxLine = maxLine;
        this.maxHead = maxHead;
        reset();
    }

    /** Prepares for the next head. */
    void reset() {
        length = 0;
        lineStart = 0;
        firstLine = true;
        afterCr = false;
        complete = false;
        malformed = null;
    }

    /** Returns the bytes of the head seen so far; for a complete head its size with the empty line. */
    int length() {
        return length;
    }

    /**
     * Scans the buffer from the given index without moving the buffer's own indices.
     *
     * @return whether the head is complete
     */
    boolean scan(ByteBuf in, int from) throws MalformedRequest {
        in.forEachByte(from, in.writerIndex() - from, this);
        if (malformed != null) {
            throw malformed;
        }
        return complete;
    }

    @Override
    public boolean process(byte octet) {
        length++;
        if (octet == HttpChars.LF) {
            endLine();
        } else if (afterCr) {
            malformed = MalformedRequest.because("CR without LF");
        } else if (octet == HttpChars.CR) {
            afterCr = true;
        } else {
            checkOrdinary(octet);
        }
        return !complete && malformed == null;
    }

    private void endLine() {
        boolean empty = length - lineStart == 2;
        if (!afterCr) {
            malformed = MalformedRequest.because("LF without CR");
        } else if (empty && firstLine && lineStart > 0) {
            malformed = MalformedRequest.because("more than one empty line before the request");
        } else {
            complete = empty && !firstLine;
            // One empty line before a request is ignored (RFC 9112 section 2.2).
            firstLine = empty && firstLine;
        }
        afterCr = false;
        lineStart = length;
    }

    private void checkOrdinary(byte octet) {
        if (length == 1 && !HttpChars.isToken(octet)) {
            // A TLS hello or other noise: a line end may never arrive.
            malformed = MalformedRequest.because("not HTTP");
        } else if (firstLine && length - lineStart > maxLine) {
            malformed = new MalformedRequest(Refusal.LINE_TOO_LONG, "request line too long");
        } else if (length > maxHead) {
            malformed = new MalformedRequest(Refusal.HEAD_TOO_LARGE, "request head too large");
        }
    }
}
