package io.verstak.server.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One connection that speaks HTTP/1.1 and hides nothing: it sends what it is told and shows what comes back. */
public final class Http implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Socket socket;
    private final InputStream in;

    private Http(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    }

    /** Connects to a server on this machine. No read waits longer than 60 s. */
    public static Http connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        return new Http(socket);
    }

    /** One request on a connection of its own. */
    public static Answer once(int port, Request request) throws IOException {
        try (Http http = connect(port)) {
            return http.send(request);
        }
    }

    /** Sends a request and reads its answer; the connection can be used again. */
    public Answer send(Request request) throws IOException {
        try {
            write(request.bytes());
        } catch (SocketException refused) {
            // The server may answer and stop reading before all is sent: its answer is what counts.
            return read(request.method());
        }
        return read(request.method());
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    public void write(byte[] bytes, int from, int length) throws IOException {
        socket.getOutputStream().write(bytes, from, length);
    }

    /** Sends what the server takes: it may answer, and close, before all of it. */
    public void offer(byte[] bytes) throws IOException {
        try {
            write(bytes);
        } catch (SocketException closed) {
            // Its answer is there to be read.
        }
    }

    /** Reads the answer to a request that was not HEAD. */
    public Answer read() throws IOException {
        return read("GET");
    }

    /** Sends a request and reads the head of its answer; the body is the caller's to read, with {@link #chunk()}. */
    public Answer open(Request request) throws IOException {
        write(request.bytes());
        Map<String, List<String>> headers = new LinkedHashMap<>();
        return new Answer(head(headers), headers, new byte[0]);
    }

    /** The next chunk of an answer that comes in chunks; empty when it was the last. */
    public byte[] chunk() throws IOException {
        byte[] chunk = exactly(chunkSize());
        line();
        return chunk;
    }

    /** Whether nothing comes for so long. What comes can still be read. */
    public boolean isSilentFor(Duration time) throws IOException {
        try {
            patience(time);
            in.mark(1);
            if (in.read() >= 0) {
                in.reset();
            }
            return false;
        } catch (SocketTimeoutException silent) {
            return true;
        } finally {
            patience(TIMEOUT);
        }
    }

    /** How long a read waits for the server at most. */
    private void patience(Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
    }

    private Answer read(String method) throws IOException {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        int status = head(headers);
        boolean bodiless = method.equals("HEAD") || status < 200 || status == 204 || status == 304;
        return new Answer(status, headers, bodiless ? new byte[0] : body(headers));
    }

    private int head(Map<String, List<String>> headers) throws IOException {
        String statusLine = line();
        if (!statusLine.startsWith("HTTP/1.1 ")) {
            throw new IOException("no status line: " + statusLine);
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        for (String field = line(); !field.isEmpty(); field = line()) {
            int colon = field.indexOf(':');
            headers.computeIfAbsent(field.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(field.substring(colon + 1).strip());
        }
        return status;
    }

    private byte[] body(Map<String, List<String>> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", List.of()).contains("chunked")) {
            return chunks();
        }
        List<String> length = headers.getOrDefault("content-length", List.of());
        return length.isEmpty() ? in.readAllBytes() : exactly(Integer.parseInt(length.get(0)));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.writeBytes(exactly(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the body ends after %d of %d bytes".formatted(bytes.length, length));
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended within: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Waits for the server to close the connection; false when it sends something instead. */
    public boolean ends() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Goes away, and waits until the server has seen that: a plain {@link #close} it sees some time later. */
    public void leave() throws IOException {
        try (socket) {
            socket.shutdownOutput();
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketException reset) {
            // It has seen it.
        }
    }

    /** Breaks the connection off with a reset, as a process does that is killed with bytes unread. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
