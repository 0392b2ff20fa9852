package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds where requests begin and end in a connection's bytes. The decoder after it parses the same bytes again and more
 * leniently; it cannot interpret them differently.
 */
final class RequestFraming {

    /** Called in the order of the bytes. */
    interface Listener {
        void headRead(RequestHead head);

        /** Reports bytes of the body itself, without chunk lines. */
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

    /** Returns whether a head has been read whose body is incomplete. */
    boolean inBody() {
        return inBody;
    }

    /** Returns whether a head has begun and is incomplete. */
    boolean inHead() {
        return !inBody && head.length() > 0;
    }

    /**
     * Moves the buffer's reader index over all bytes that may be passed on. The rest is the beginning of a head; on the
     * next call it must be at the reader index, followed by the next bytes.
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

    /** After a failure: bytes before this index are good and belong to good requests. */
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
