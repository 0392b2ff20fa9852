package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One request on a connection of its own, to keep its answer. */
public final class OneRequest {
    private OneRequest() {}

    /** The body of the answer to the first of the requests. */
    public static byte[] answer(InetSocketAddress server, Requests requests) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(requests.longest());
        requests.next(0, request);
        request.flip();
        Answer answer = Answer.kept();
        try (SocketChannel channel = SocketChannel.open(server)) {
            while (request.hasRemaining()) {
                channel.write(request);
            }
            while (!answer.read(channel)) {
                // The next read waits for more.
            }
        }
        if (answer.status() != 200 || !requests.accepts(0, answer)) {
            throw new IOException("status " + answer.status() + ": " + answer.bodyText());
        }
        return answer.body();
    }
}
