package io.verstak.server.http.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * A body that answers to anybody consist of. It lies outside of the heap from the beginning: another buffer would be copied there
 * for each client, and stay for as long as that one does not take it.
 */
public final class SharedBody {
    private SharedBody() {}

    /** Bytes that are never changed and never let go of. */
    public static Buffer of(byte[] bytes) {
        ByteBuf direct = Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
        return BufferInternal.buffer(Unpooled.unreleasableBuffer(direct.asReadOnly()));
    }
}
