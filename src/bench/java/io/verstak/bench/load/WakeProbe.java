package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Pushes one op after the other to vaults in which devices wait, and lets them be woken in between. */
public final class WakeProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private WakeProbe() {}

    /** One push to each of the first vaults; returns when all their devices have been woken. */
    public static void run(
            InetSocketAddress server, List<byte[]> tokens, int vaults, int pushes, Duration between, Waiting waiting)
            throws IOException {
        PushRequests requests = new PushRequests(1, tokens);
        ByteBuffer out = ByteBuffer.allocate(requests.longest());
        Answer answer = Answer.kept();
        long wakes = waiting.woken();
        try (SocketChannel channel = SocketChannel.open(server)) {
            for (int push = 0; push < pushes; push++) {
                int vault = push % vaults;
                out.clear();
                requests.nextOf(tokens.get(vault), out);
                waiting.pushing(vault);
                channel.write(out.flip());
                answer.clear();
                while (!answer.read(channel)) {
                    // The next read waits for more.
                }
                if (answer.status() != 200) {
                    throw new IOException("status " + answer.status() + ": " + answer.bodyText());
                }
                LockSupport.parkNanos(between.toNanos());
                wakes += tokens.size() / vaults;
            }
        }
        long start = System.nanoTime();
        while (waiting.woken() < wakes) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IOException("only %d of %d wakes came".formatted(waiting.woken(), wakes));
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }
}
