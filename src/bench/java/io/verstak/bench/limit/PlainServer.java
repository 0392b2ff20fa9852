package io.verstak.bench.limit;

import io.verstak.bench.server.ChildJvm;
import io.verstak.bench.server.Loopback;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A bare Vert.x server with the flags of the real one, in a process of its own: what HTTP itself allows on this
 * machine.
 */
public final class PlainServer implements AutoCloseable {
    private final ChildJvm jvm;
    private final InetSocketAddress address;

    private PlainServer(ChildJvm jvm, InetSocketAddress address) {
        this.jvm = jvm;
        this.address = address;
    }

    /** Answers every POST with the bytes of {@code page} and every GET with {@code file}. */
    public static PlainServer start(Path log, Path page, Path file) throws IOException {
        InetSocketAddress address = Loopback.freeAddress();
        ChildJvm jvm = ChildJvm.start(
                log,
                page,
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlainHandler.class.getName(),
                        Integer.toString(address.getPort()),
                        page.toString(),
                        file.toAbsolutePath().toString()));
        try {
            Loopback.await(jvm, () -> jvm.output().contains(PlainHandler.READY));
            return new PlainServer(jvm, address);
        } catch (IOException e) {
            jvm.close();
            throw e;
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        jvm.close();
    }
}
