package io.verstak.bench.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The packaged server, running and ready. */
public final class ServerProcess implements AutoCloseable {
    /** Who may open the administrators' pages, with {@link ServerHome#PASSWORD}. */
    static final String ADMINISTRATOR = "operator";

    private static final byte[] ASK_READY =
            "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String READY = "HTTP/1.1 200";

    private final ChildJvm jvm;
    private final InetSocketAddress address;
    private final Duration untilReady;

    private ServerProcess(ChildJvm jvm, InetSocketAddress address, Duration untilReady) {
        this.jvm = jvm;
        this.address = address;
        this.untilReady = untilReady;
    }

    /** Starts the server and returns when {@code /readyz} says 200. */
    public static ServerProcess start(ServerHome home) throws IOException {
        InetSocketAddress address = Loopback.freeAddress();
        long start = System.nanoTime();
        ChildJvm jvm = ChildJvm.start(
                home.log(),
                home.password(),
                home.program()
                        .serve(List.of(
                                "--config",
                                home.config().toString(),
                                "--data",
                                home.data().toString(),
                                "--listen",
                                "127.0.0.1:" + address.getPort(),
                                "--admin-user",
                                ADMINISTRATOR,
                                "--admin-pass-file",
                                home.password().toString())));
        try {
            Loopback.await(jvm, () -> isReady(address));
            return new ServerProcess(jvm, address, Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            jvm.close();
            throw e;
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    /** From the start of the process to the first 200 of {@code /readyz}. */
    public Duration untilReady() {
        return untilReady;
    }

    public long pid() {
        return jvm.pid();
    }

    public ProcessMemory memory() {
        return jvm.memory();
    }

    public ProcessTime time() {
        return jvm.time();
    }

    public ProcessWrites writes() {
        return jvm.writes();
    }

    @Override
    public void close() {
        jvm.close();
    }

    /** By hand: the JDK's HTTP client would cost more to start than the server takes to answer. */
    private static boolean isReady(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            out.write(ASK_READY);
            return new String(in.readNBytes(READY.length()), StandardCharsets.US_ASCII).equals(READY);
        } catch (IOException e) {
            return false;
        }
    }
}
