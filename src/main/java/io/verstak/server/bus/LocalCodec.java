package io.verstak.server.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Passes immutable objects by reference. Messages never leave the process, so nothing is encoded. */
final class LocalCodec implements MessageCodec<Object, Object> {
    static final LocalCodec INSTANCE = new LocalCodec();

    private LocalCodec() {}

    @Override
    public void encodeToWire(Buffer buffer, Object object) {
        throw new UnsupportedOperationException("messages stay in the process");
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException("messages stay in the process");
    }

    @Override
    public Object transform(Object object) {
        return object;
    }

    @Override
    public String name() {
        return "verstak.local";
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
