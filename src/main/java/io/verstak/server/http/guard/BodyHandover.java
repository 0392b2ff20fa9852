package io.verstak.server.http.guard;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/**
 * Hands the body of one request at a time to a reader, in the buffers that the socket was read into. Vert.x would copy
 * each piece to the heap, and keep two dozen of them for a paused request. Vert.x still gets the end of the body. Used on
 * the connection's event loop only.
 */
final class BodyHandover {
    private final Channel channel;
    private final SocketReads reads;

    /** Requests and answers that were passed on; the first and the last of a request's body decide where its bytes go. */
    private int requests;

    private int answers;
    private boolean inBody;
    /** Bytes of the newest request's body that Vert.x got. */
    private long toVertx;

    private @Nullable Reader reader;
    private boolean paused;

    /** Bytes that were handed over of a request's body. */
    private @Nullable HttpServerRequest counted;

    private long handedOver;

    private record Reader(ContextInternal context, Handler<Buffer> handler) {}

    BodyHandover(Channel channel, SocketReads reads) {
        this.channel = channel;
        this.reads = reads;
    }

    /**
     * Begins to hand over the body of the request that is being answered, unless Vert.x holds a part of it that the
     * caller has not received, or all of it was passed on.
     *
     * @param received the number of bytes that the caller has received
     * @param handler gets buffers that are valid only during its call
     * @return whether all further bytes go to the handler
     */
    boolean begin(HttpServerRequest request, long received, Handler<Buffer> handler) {
        boolean newest = requests == answers + 1;
        if (!newest || !inBody || toVertx != received) {
            return false;
        }
        reader = new Reader(ContextInternal.current(), handler);
        counted = request;
        handedOver = 0;
        reads.large(true);
        return true;
    }

    /** Leaves what comes next in the socket. At most one read that has begun is still handed over. */
    void pause() {
        if (reader != null && !paused) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    void resume() {
        if (paused) {
            paused = false;
            channel.config().setAutoRead(true);
        }
    }

    /** Leaves the rest of the body to Vert.x. */
    void end() {
        reader = null;
        reads.large(false);
        resume();
    }

    /** Records an answer's last byte. */
    void answered() {
        answers++;
        end();
    }

    /** Returns the number of bytes that were handed over of a request's body. */
    long handedOver(HttpServerRequest request) {
        return request.equals(counted) ? handedOver : 0;
    }

    boolean isOpen() {
        return reader != null;
    }

    /**
     * Takes a message on its way to Vert.x.
     *
     * @return what Vert.x gets; null for nothing
     */
    @Nullable
    Object pass(Object message) {
        if (message instanceof HttpRequest) {
            requests++;
            inBody = true;
            toVertx = 0;
        }
        if (!(message instanceof HttpContent content)) {
            return message;
        }
        boolean last = content instanceof LastHttpContent;
        inBody = !last;
        Reader to = reader;
        if (to == null) {
            toVertx += content.content().readableBytes();
            return message;
        }
        handOver(to, content);
        if (last) {
            end();
        }
        return last ? LastHttpContent.EMPTY_LAST_CONTENT : null;
    }

    private void handOver(Reader to, HttpContent content) {
        try {
            int bytes = content.content().readableBytes();
            handedOver += bytes;
            if (bytes > 0) {
                to.context.emit(BufferInternal.buffer(content.content().slice()), to.handler);
            }
        } finally {
            content.release();
        }
    }
}
