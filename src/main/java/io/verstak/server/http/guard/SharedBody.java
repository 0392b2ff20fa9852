package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * A body shared by answers to many clients. It is allocated outside of the heap; otherwise each connection would copy
 * it there and keep the copy until the client has taken it.
 */
public final class SharedBody {
    private SharedBody() {}

    /** Bytes that are never changed or released. */
    public static Buffer of(byte[] bytes) {
        ByteBuf direct = Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
        return BufferInternal.buffer(Unpooled.unreleasableBuffer(direct.asReadOnly()));
    }
}
