package io.verstak.server.http.transport;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Where requests begin and end in a connection's bytes. The decoder behind it reads the same bytes once more, and more leniently;
 * what passes here it cannot understand otherwise.
 */
final class RequestFraming {

    /** Told in the order of the bytes. */
    interface Listener {
        void headRead(RequestHead head);

        /** Bytes of the body itself, without chunk lines. */
        void bodyRead(long bytes);

        void requestRead();
    }

    private final Listener listener;
    private final HeadScanner head;
    private int safeIndex;
    private boolean inBody;
    private long remaining;
    private @Nullable ChunkedBody chunks;

    RequestFraming(TransportLimits limits, Listener listener) {
        this.listener = listener;
        this.head = new HeadScanner(limits.requestLineBytes(), limits.headBytes());
    }

    /** Whether a head has been read whose body has not been read to its end. */
    boolean inBody() {
        return inBody;
    }

    /** Whether a head has begun and is not complete. */
    boolean inHead() {
        return !inBody && head.length() > 0;
    }

    /**
     * Moves the buffer's reader index over all that may be passed on. What stays is the beginning of a head; with the next bytes
     * behind it, it must stand at the reader index of the next call.
     */
    void advance(ByteBuf in) throws MalformedRequest {
        safeIndex = in.readerIndex();
        while (in.isReadable()) {
            if (inBody) {
                body(in);
            } else if (!head(in)) {
                return;
            }
            safeIndex = in.readerIndex();
        }
    }

    /** After a failure: what stands before this index is good, and belongs to requests that were good so far. */
    int safeIndex() {
        return safeIndex;
    }

    private boolean head(ByteBuf in) throws MalformedRequest {
        if (!head.scan(in, in.readerIndex() + head.length())) {
            return false;
        }
        byte[] bytes = new byte[head.length()];
        in.readBytes(bytes);
        head.reset();
        begin(HeadParser.parse(bytes));
        return true;
    }

    private void begin(RequestHead request) {
        inBody = request.contentLength() != 0;
        remaining = request.contentLength();
        chunks = remaining == RequestHead.CHUNKED ? new ChunkedBody() : null;
        listener.headRead(request);
        if (!inBody) {
            listener.requestRead();
        }
    }

    private void body(ByteBuf in) throws MalformedRequest {
        boolean done;
        long passed;
        if (chunks != null) {
            passed = chunks.advance(in);
            done = chunks.isDone();
        } else {
            passed = Math.min(remaining, in.readableBytes());
            in.skipBytes((int) passed);
            remaining -= passed;
            done = remaining == 0;
        }
        listener.bodyRead(passed);
        if (done) {
            inBody = false;
            chunks = null;
            listener.requestRead();
        }
    }
}
