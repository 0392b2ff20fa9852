package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One keep-alive connection with at most one request in flight. */
final class Connection implements AutoCloseable {
    private final int number;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer out;
    private final Answer answer = Answer.kept();
    private long sentAt;

    Connection(int number, InetSocketAddress server, Selector selector, int longestRequest) throws IOException {
        this.number = number;
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
        out = ByteBuffer.allocateDirect(longestRequest);
    }

    int number() {
        return number;
    }

    /** When the request in flight was sent, or was due. */
    long sentAt() {
        return sentAt;
    }

    Answer answer() {
        return answer;
    }

    void send(Requests requests, long at) throws IOException {
        answer.clear();
        out.clear();
        requests.next(number, out);
        out.flip();
        sentAt = at;
        write();
    }

    /** Goes on with whatever the socket is ready for; returns whether the answer is complete. */
    boolean proceed() throws IOException {
        if (key.isWritable()) {
            write();
        }
        return key.isReadable() && answer.read(channel);
    }

    private void write() throws IOException {
        channel.write(out);
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
