package io.verstak.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/**
 * Thousands of devices that wait, one connection each, read by one thread of its own. Tells how long after a push each
 * device of the vault was woken.
 */
public final class Waiting implements AutoCloseable {
    /** The server lets an address have 512 connections: the devices come from as many addresses as it takes. */
    private static final int PER_ADDRESS = 500;

    private static final long SELECT_MILLIS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Selector selector;
    private final WaitKind kind;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
    private final AtomicLongArray pushedAt;
    private final Histogram wakes = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
    private final Thread thread = new Thread(this::read, "waiting");
    private volatile boolean stopped;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong woken = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile String firstFailure = "";

    /** One device. */
    private static final class Waiter {
        private final int vault;
        private final byte[] token;
        private long head;

        Waiter(int vault, byte[] token) {
            this.vault = vault;
            this.token = token;
        }
    }

    private Waiting(Selector selector, WaitKind kind, int vaults) {
        this.selector = selector;
        this.kind = kind;
        this.pushedAt = new AtomicLongArray(vaults);
    }

    /** Connects a device for each token; token n is one of vault n modulo {@code vaults}. Returns once all wait. */
    public static Waiting open(InetSocketAddress server, List<byte[]> tokens, int vaults, WaitKind kind)
            throws IOException {
        Waiting waiting = new Waiting(Selector.open(), kind, vaults);
        try {
            for (int number = 0; number < tokens.size(); number++) {
                waiting.connect(server, number, new Waiter(number % vaults, tokens.get(number)));
                waiting.keepUp(number);
            }
            waiting.keepUp(tokens.size() + PER_ADDRESS);
            waiting.thread.start();
            return waiting;
        } catch (IOException e) {
            waiting.close();
            throw e;
        }
    }

    private void connect(InetSocketAddress server, int number, Waiter waiter) throws IOException {
        byte[] from = {127, 0, (byte) (1 + number / PER_ADDRESS / 250), (byte) (2 + number / PER_ADDRESS % 250)};
        SocketChannel channel = SocketChannel.open();
        channels.add(channel);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
        channel.connect(server);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, waiter);
        channel.write(kind.request(waiter.token, 0));
    }

    /** Streams are answered at once: never more than a few hundred of them are on their way. */
    private void keepUp(int opened) throws IOException {
        long start = System.nanoTime();
        while (kind.answersAtOnce() && answered.get() < Math.min(opened - PER_ADDRESS, channels.size())) {
            selector.select(this::proceed, SELECT_MILLIS);
            if (System.nanoTime() - start > PATIENCE.toNanos() || failures.get() > 0) {
                throw new IOException(
                        "only %d of %d wait: %s".formatted(answered.get(), channels.size(), firstFailure));
            }
        }
    }

    private void read() {
        while (!stopped) {
            try {
                selector.select(this::proceed, SELECT_MILLIS);
            } catch (IOException e) {
                failed(e.toString());
            }
        }
    }

    private void proceed(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        Waiter waiter = (Waiter) key.attachment();
        try {
            in.clear();
            if (channel.read(in) < 0) {
                throw new EOFException("the server closed a wait");
            }
            long now = System.nanoTime();
            String text = StandardCharsets.ISO_8859_1.decode(in.flip()).toString();
            long head = kind.head(text);
            answered.incrementAndGet();
            if (head > waiter.head) {
                waiter.head = head;
                wake(waiter, now);
            } else if (head < 0) {
                failed(text);
            }
            if (kind.asksAgain()) {
                channel.write(kind.request(waiter.token, waiter.head));
            }
        } catch (IOException e) {
            failed(e.toString());
            key.cancel();
        }
    }

    /** A head that is news only to a device which has just come is no wake. */
    private void wake(Waiter waiter, long now) {
        long pushed = pushedAt.get(waiter.vault);
        if (pushed != 0) {
            woken.incrementAndGet();
            wakes.recordValue(now - pushed);
        }
    }

    private void failed(String what) {
        if (failures.getAndIncrement() == 0) {
            firstFailure = what;
        }
    }

    /** A push to the vault goes out now. */
    public void pushing(int vault) {
        pushedAt.set(vault, System.nanoTime());
    }

    /** Wakes so far. */
    public long woken() {
        return woken.get();
    }

    /** All wakes of the run, from the sending of the push to the reading of the news. Ends the reading. */
    public LoadResult result(double seconds) throws InterruptedException {
        stopped = true;
        selector.wakeup();
        thread.join();
        return new LoadResult(woken.get(), seconds, answered.get(), wakes, failures.get(), firstFailure);
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        selector.close();
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
