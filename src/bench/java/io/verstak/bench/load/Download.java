package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Reads a whole file and throws it away. */
public final class Download implements Transfers.Transfer {
    private final InetSocketAddress server;
    private final String path;
    private final String token;
    private final long size;

    public Download(InetSocketAddress server, String path, String token, long size) {
        this.server = server;
        this.path = path;
        this.token = token;
        this.size = size;
    }

    @Override
    public Long call() throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\n\r\n";
        Answer answer = Answer.counted();
        try (SocketChannel channel = SocketChannel.open(server)) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            while (!answer.read(channel)) {
                // The next read waits for more.
            }
        }
        if (answer.status() != 200 || answer.bodyLength() != size) {
            throw new IOException("download: status " + answer.status() + ", " + answer.bodyLength() + " bytes");
        }
        return size;
    }
}
