package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;

/** Parses a chunked body (RFC 9112 section 7.1) from its first size line to the end of its trailers. */
final class ChunkedBody {
    private static final int MAX_TRAILERS = 32;

    private enum Part {
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        DONE
    }

    private final LineReader line = new LineReader();
    private Part part = Part.SIZE;
    private int remaining;
    private int trailers;

    boolean isDone() {
        return part == Part.DONE;
    }

    /**
     * Moves the buffer's reader index over one element, a line or a run of data, or over the available part of it.
     *
     * @return the number of body bytes passed
     */
    int advance(ByteBuf in) throws MalformedRequest {
        if (part == Part.DATA) {
            int passed = Math.min(remaining, in.readableBytes());
            in.skipBytes(passed);
            remaining -= passed;
            part = remaining == 0 ? Part.DATA_END : Part.DATA;
            return passed;
        }
        if (line.read(in)) {
            endLine();
            line.reset();
        }
        return 0;
    }

    private void endLine() throws MalformedRequest {
        switch (part) {
            case SIZE -> {
                remaining = ChunkSizeLine.parse(line.bytes(), line.length());
                part = remaining == 0 ? Part.TRAILER : Part.DATA;
            }
            case DATA_END -> {
                if (line.length() > 0) {
                    throw MalformedRequest.because("chunk longer than its size");
                }
                part = Part.SIZE;
            }
            case TRAILER -> trailer();
            case DATA, DONE -> throw new IllegalStateException(part.name());
        }
    }

    private void trailer() throws MalformedRequest {
        if (line.length() == 0) {
            part = Part.DONE;
        } else if (++trailers > MAX_TRAILERS) {
            throw MalformedRequest.because("too many trailers");
        } else {
            FieldLine.check(line.bytes(), 0, line.length());
        }
    }
}
