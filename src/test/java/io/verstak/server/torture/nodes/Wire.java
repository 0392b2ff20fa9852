package io.verstak.server.torture.nodes;

import io.verstak.server.testkit.Futures;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The network between a node and what it rests on. What it holds back is not lost: it comes when the network is back, as with TCP. Made
 * for few connections. Safe for any thread.
 */
final class Wire implements AutoCloseable {
    private static final String LOCAL = "127.0.0.1";

    private final Vertx vertx;
    private final NetClient client;
    private final NetServer server;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile State state = State.OPEN;

    /** What becomes of what is sent. */
    enum State {
        OPEN,
        /** The answers are held back, of all connections. */
        ONE_WAY,
        /** The answers are held back on connections on which PostgreSQL was asked for notifications. */
        DEAF,
        /** Nothing comes through, in either direction, and connections are not made. */
        DEAD,
        /** Connections are closed and refused. */
        CLOSED
    }

    /** A connection through the wire; all of it runs on the event loop that it came on. */
    private final class Link {
        private final Context context = vertx.getOrCreateContext();
        private final NetSocket near;
        private @Nullable NetSocket far;
        private boolean connecting;
        private boolean listens;

        Link(NetSocket near) {
            this.near = near;
        }

        void begin() {
            near.pause();
            near.closeHandler(gone -> end());
            near.exceptionHandler(reset -> end());
            follow();
        }

        /** Does as the state says; also after it has changed. */
        void follow() {
            NetSocket other = far;
            if (state == State.CLOSED) {
                end();
            } else if (other == null) {
                connect();
            } else if (state == State.DEAD) {
                near.pause();
                other.pause();
            } else {
                near.resume();
                if (state == State.ONE_WAY || (state == State.DEAF && listens)) {
                    other.pause();
                } else {
                    other.resume();
                }
            }
        }

        private void connect() {
            if (connecting || state == State.DEAD) {
                return;
            }
            connecting = true;
            client.connect(target, LOCAL).onFailure(down -> end()).onSuccess(made -> {
                far = made;
                near.handler(request -> asked(made, request));
                made.handler(answer -> pass(made, near, answer));
                made.closeHandler(gone -> end());
                made.exceptionHandler(reset -> end());
                follow();
            });
        }

        private void asked(NetSocket other, Buffer request) {
            pass(near, other, request);
            if (!listens && request.toString(StandardCharsets.ISO_8859_1).contains("LISTEN ")) {
                listens = true;
                follow();
            }
        }

        private void pass(NetSocket from, NetSocket to, Buffer bytes) {
            to.write(bytes);
            if (to.writeQueueFull()) {
                from.pause();
                to.drainHandler(drained -> follow());
            }
        }

        void end() {
            links.remove(this);
            near.close();
            if (far != null) {
                far.close();
            }
        }
    }

    /** @param target the port that it leads to, on this machine */
    Wire(Vertx vertx, int target) {
        this.vertx = vertx;
        this.target = target;
        client = vertx.createNetClient();
        server = Futures.await(
                vertx.createNetServer().connectHandler(this::accept).listen(0, LOCAL));
    }

    int port() {
        return server.actualPort();
    }

    private void accept(NetSocket near) {
        if (state == State.CLOSED) {
            near.close();
            return;
        }
        Link link = new Link(near);
        links.add(link);
        link.begin();
    }

    void become(State next) {
        state = next;
        links.forEach(link -> link.context.runOnContext(turn -> link.follow()));
    }

    @Override
    public void close() {
        become(State.CLOSED);
        Futures.await(server.close());
        Futures.await(client.close());
    }
}
