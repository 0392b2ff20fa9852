package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends a file as a desktop does, in one multipart part. A few bytes before the file differ, so that each upload is
 * a blob of its own.
 */
public final class Upload implements Transfers.Transfer {
    private static final String BOUNDARY = "----bench-" + UUID.randomUUID();

    /** What stands before the file in the blob. */
    public static final int EXTRA_BYTES = 36;

    private static final Pattern SHA256 = Pattern.compile("\"sha256\":\"([0-9a-f]{64})\"");

    private final InetSocketAddress server;
    private final String token;
    private final Path file;
    private String answered = "";

    public Upload(InetSocketAddress server, String token, Path file) {
        this.server = server;
        this.token = token;
        this.file = file;
    }

    @Override
    public Long call() throws IOException {
        Answer answer = Answer.kept();
        try (FileChannel bytes = FileChannel.open(file);
                SocketChannel channel = SocketChannel.open(server)) {
            send(channel, bytes);
            while (!answer.read(channel)) {
                // The next read waits for more.
            }
            answered = answer.bodyText();
            if (answer.status() != 200) {
                throw new IOException("upload: status " + answer.status() + ": " + answered);
            }
            return bytes.size();
        }
    }

    /** The digest that the server answered with. */
    public String sha256() throws IOException {
        Matcher found = SHA256.matcher(answered);
        if (!found.find()) {
            throw new IOException("an upload was answered with " + answered);
        }
        return found.group(1);
    }

    private void send(SocketChannel channel, FileChannel bytes) throws IOException {
        byte[] start =
                ascii("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob.bin\"\r\n"
                        + "Content-Type: application/octet-stream\r\n\r\n" + UUID.randomUUID());
        byte[] end = ascii("\r\n--" + BOUNDARY + "--\r\n");
        long length = start.length + bytes.size() + end.length;
        write(
                channel,
                ascii("POST /api/v1/blobs/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\nContent-Length: "
                        + length + "\r\n\r\n"));
        write(channel, start);
        for (long sent = 0; sent < bytes.size(); ) {
            sent += bytes.transferTo(sent, bytes.size() - sent, channel);
        }
        write(channel, end);
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
