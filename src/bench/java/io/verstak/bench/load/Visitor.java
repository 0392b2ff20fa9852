package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A browser as a server sees it: one keep-alive connection, its cookies, and one address opened after another. */
public final class Visitor implements AutoCloseable {
    private final SocketChannel channel;
    private final String head;
    private final Answer answer = Answer.kept();

    /** @param cookies the header of that name, empty for somebody who has not signed in */
    public Visitor(InetSocketAddress server, String cookies) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        head = " HTTP/1.1\r\nHost: 127.0.0.1:" + server.getPort()
                + "\r\nAccept: text/html,*/*\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\n"
                + (cookies.isEmpty() ? "" : "Cookie: " + cookies + "\r\n") + "\r\n";
    }

    /**
     * Opens an address.
     *
     * @return nanoseconds until the last byte of the answer was there
     * @throws IOException also for an answer other than 200
     */
    public long open(String address) throws IOException {
        ByteBuffer request = ByteBuffer.wrap(("GET " + address + head).getBytes(StandardCharsets.US_ASCII));
        answer.clear();
        long start = System.nanoTime();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        while (!answer.read(channel)) {
            // The next read waits for more.
        }
        long taken = System.nanoTime() - start;
        if (answer.status() != 200) {
            throw new IOException(address + ": status " + answer.status());
        }
        return taken;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
