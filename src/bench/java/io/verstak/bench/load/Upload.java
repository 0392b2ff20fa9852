package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends a file, as a desktop does in one multipart part, or by PUT as it is. A few bytes besides the file differ, so that each
 * upload is a blob of its own.
 */
public final class Upload implements Transfers.Transfer {
    private static final String BOUNDARY = "----bench-" + UUID.randomUUID();

    /** What the blob holds besides the file: before it in a part, after it by PUT. */
    public static final int EXTRA_BYTES = 36;

    private static final Pattern SHA256 = Pattern.compile("\"sha256\":\"([0-9a-f]{64})\"");

    private final InetSocketAddress server;
    private final Path file;
    private final byte[] head;
    private final byte[] before;
    private final byte[] after;
    private String answered = "";

    private Upload(InetSocketAddress server, Path file, byte[] head, byte[] before, byte[] after) {
        this.server = server;
        this.file = file;
        this.head = head;
        this.before = before;
        this.after = after;
    }

    public static Upload multipart(InetSocketAddress server, String token, Path file) throws IOException {
        byte[] start =
                ascii("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob.bin\"\r\n"
                        + "Content-Type: application/octet-stream\r\n\r\n" + UUID.randomUUID());
        byte[] end = ascii("\r\n--" + BOUNDARY + "--\r\n");
        String request = "POST /api/v1/blobs/ HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=" + BOUNDARY;
        return new Upload(server, file, head(request, token, start.length + Files.size(file) + end.length), start, end);
    }

    /** @param ofFile has read the file, and is left as it is */
    public static Upload put(InetSocketAddress server, String token, Path file, MessageDigest ofFile)
            throws IOException, CloneNotSupportedException {
        byte[] end = ascii(UUID.randomUUID().toString());
        MessageDigest whole = (MessageDigest) ofFile.clone();
        String request = "PUT /api/v1/blobs/" + HexFormat.of().formatHex(whole.digest(end)) + " HTTP/1.1";
        return new Upload(server, file, head(request, token, Files.size(file) + end.length), new byte[0], end);
    }

    private static byte[] head(String request, String token, long length) {
        return ascii(request + "\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\nContent-Length: " + length
                + "\r\n\r\n");
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
            if (answer.status() != 200 && answer.status() != 201) {
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
        write(channel, head);
        write(channel, before);
        for (long sent = 0; sent < bytes.size(); ) {
            sent += bytes.transferTo(sent, bytes.size() - sent, channel);
        }
        write(channel, after);
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
