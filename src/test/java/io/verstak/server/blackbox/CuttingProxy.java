package io.verstak.server.blackbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One address for a server that changes its port with each restart, and a line to it that breaks after so many bytes of
 * the client.
 */
final class CuttingProxy implements AutoCloseable {
    private static final int PIECE = 4096;

    private final IntSupplier target;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    private volatile @Nullable Runnable onCut;

    /** @param target the server's port, asked for each connection */
    CuttingProxy(IntSupplier target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** After so many bytes more from clients all connections break, when this has run. */
    void cutAfter(long bytes, Runnable then) {
        onCut = then;
        bytesLeft.set(bytes);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        open.add(client);
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt());
            open.add(server);
            start(() -> pump(client, server, true));
            start(() -> pump(server, client, false));
        } catch (IOException down) {
            client.close();
        }
    }

    private void pump(Socket from, Socket to, boolean counted) {
        byte[] piece = new byte[PIECE];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                out.write(piece, 0, length);
                if (counted && bytesLeft.getAndAdd(-length) - length < 0) {
                    cut();
                }
            }
        } catch (IOException broken) {
            // The other side learns of it by the close.
        }
        open.remove(from);
        open.remove(to);
    }

    private void cut() throws IOException {
        Runnable then = onCut;
        onCut = null;
        bytesLeft.set(Long.MAX_VALUE);
        if (then != null) {
            then.run();
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
