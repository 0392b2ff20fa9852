package io.verstak.server.testkit;

import io.verstak.server.storage.postgresql.PostgresAccess;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;

/** Stands before the PostgreSQL of tests and does to what it says what networks and poolers do. */
public final class PostgresProxy implements AutoCloseable {
    private static final char NOTIFICATION = 'A';
    private static final int HEAD_BYTES = 5;

    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final NetServer server;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean holding;
    private boolean deaf;

    public PostgresProxy() {
        server = Futures.await(
                vertx.createNetServer().connectHandler(this::connect).listen(0, "127.0.0.1"));
    }

    /** Returns the access through this proxy to a database of {@link TestPostgres}. */
    public PostgresAccess before(PostgresAccess access) {
        return new PostgresAccess(
                "postgresql://127.0.0.1:" + server.actualPort() + "/" + TestPostgres.name(access),
                access.user(),
                access.password(),
                access.node());
    }

    /** From now on nothing comes back, until {@link #release}. */
    public void hold() {
        synchronized (held) {
            holding = true;
        }
    }

    /** Passes on what was held, and all that follows. */
    public void release() {
        synchronized (held) {
            holding = false;
            held.forEach(Runnable::run);
            held.clear();
        }
    }

    /** @param now whether notifications are dropped, as a pooler does that gives a connection to many clients */
    public void deafen(boolean now) {
        synchronized (held) {
            deaf = now;
        }
    }

    private void connect(NetSocket incoming) {
        incoming.pause();
        closeOnReset(incoming);
        client.connect(TestPostgres.port(), "127.0.0.1")
                .onSuccess(outgoing -> {
                    closeOnReset(outgoing);
                    Buffer[] begun = {Buffer.buffer()};
                    outgoing.handler(bytes -> begun[0] = passOn(begun[0].appendBuffer(bytes), incoming));
                    outgoing.closeHandler(closed -> incoming.close());
                    incoming.handler(outgoing::write);
                    incoming.closeHandler(closed -> outgoing.close());
                    incoming.resume();
                })
                .onFailure(refused -> incoming.close());
    }

    /** Without a handler, Vert.x logs a reset as an error, which {@link ServerLog} would take for one of the server. */
    private static void closeOnReset(NetSocket socket) {
        socket.exceptionHandler(reset -> socket.close());
    }

    /** Passes whole messages on. Returns the beginning of the next one. */
    private Buffer passOn(Buffer bytes, NetSocket to) {
        int from = 0;
        while (bytes.length() - from >= HEAD_BYTES && bytes.length() - from > bytes.getInt(from + 1)) {
            int end = from + 1 + bytes.getInt(from + 1);
            passOn((char) bytes.getByte(from), bytes.getBuffer(from, end), to);
            from = end;
        }
        return bytes.getBuffer(from, bytes.length());
    }

    private void passOn(char type, Buffer message, NetSocket to) {
        synchronized (held) {
            if (type == NOTIFICATION && deaf) {
                return;
            }
            if (holding) {
                held.add(() -> to.write(message));
            } else {
                to.write(message);
            }
        }
    }

    @Override
    public void close() {
        Futures.await(server.close());
        Futures.await(client.close());
        Futures.await(vertx.close());
    }
}
