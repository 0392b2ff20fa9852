package io.verstak.server.http.guard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that says exactly what it is told to. */
final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    final Socket socket;

    RawClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBuffer size of the socket's receive buffer in bytes, 0 for the system's own */
    RawClient(int port, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** One answer, read up to the end that its Content-Length gives. */
    Answer answer() throws IOException {
        Answer head = answerHead();
        byte[] body = socket.getInputStream().readNBytes(head.contentLength());
        return new Answer(head.head(), new String(body, StandardCharsets.UTF_8));
    }

    /** One answer without its body. */
    Answer answerHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = socket.getInputStream().read();
            if (octet < 0) {
                throw new IOException("closed within a head: " + head);
            }
            head.append((char) octet);
        }
        return new Answer(head.toString(), "");
    }

    /** Everything up to a clean end of the connection; a reset fails. */
    String toEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        socket.getInputStream().transferTo(all);
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the server has closed, by whatever means; true when it sent nothing before. */
    boolean closedSilently() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    record Answer(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        String header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        int contentLength() {
            String length = header("Content-Length");
            return length.isEmpty() ? 0 : Integer.parseInt(length);
        }
    }
}
