package io.verstak.server.bus;

import io.verstak.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Passes immutable objects by reference. Messages never leave the process, so nothing is encoded. */
final class LocalCodec<T> implements MessageCodec<T, T> {
    static final LocalCodec<Object> INSTANCE = new LocalCodec<>("verstak.local");

    private final String name;

    private LocalCodec(String name) {
        this.name = name;
    }

    static LocalCodec<ServerException> forFailures() {
        return new LocalCodec<>("verstak.failure");
    }

    @Override
    public void encodeToWire(Buffer buffer, T object) {
        throw new UnsupportedOperationException("messages stay in the process");
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException("messages stay in the process");
    }

    @Override
    public T transform(T object) {
        return object;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
