package io.verstak.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Reads one HTTP/1.1 answer after another from a connection on which no request is sent before the last answer is
 * complete. An answer must have a {@code Content-Length}; the server sends chunks to nobody who did not ask for
 * compression or events.
 */
public final class Answer {
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final byte[] CONTENT_LENGTH = ascii("\r\ncontent-length:");
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final boolean keepsBody;
    private ByteBuffer bytes = ByteBuffer.allocateDirect(256 * 1024);
    private int bodyStart = -1;
    private long bodyLength;
    private long bodyRead;
    private int status;

    private Answer(boolean keepsBody) {
        this.keepsBody = keepsBody;
    }

    /** Answers whose bodies are looked at. */
    public static Answer kept() {
        return new Answer(true);
    }

    /** Answers whose bodies are only counted, however long they are. */
    public static Answer counted() {
        return new Answer(false);
    }

    /**
     * Reads what is there, once. Returns whether the answer is complete; then {@link #clear} makes room for the
     * next.
     */
    public boolean read(ReadableByteChannel channel) throws IOException {
        int count = channel.read(bytes);
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
        if (bodyStart >= 0) {
            bodyRead += count;
        } else if (!readHead()) {
            return false;
        }
        makeRoom();
        return bodyRead >= bodyLength;
    }

    public void clear() {
        bytes.clear();
        bodyStart = -1;
    }

    public int status() {
        return status;
    }

    public long bodyLength() {
        return bodyLength;
    }

    /** A copy of the kept body: for failures and for one look, not for the hot path. */
    public byte[] body() {
        byte[] body = new byte[keepsBody ? (int) bodyLength : 0];
        bytes.get(Math.max(bodyStart, 0), body);
        return body;
    }

    public String bodyText() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** The integer behind the last {@code "field":} of the body, -1 when there is none. */
    public long lastNumber(byte[] key) {
        int at = indexOf(key, bodyStart + (int) bodyLength - key.length, bodyStart - 1, -1);
        return at < 0 ? -1 : digits(at + key.length);
    }

    /** The key of a JSON field, as {@link #lastNumber} wants it. */
    public static byte[] key(String field) {
        return ascii("\"" + field + "\":");
    }

    private boolean readHead() {
        int end = indexOf(HEAD_END, 0, bytes.position() - HEAD_END.length + 1, 1);
        if (end < 0) {
            return false;
        }
        status = (int) digits(STATUS_AT);
        int length = indexOf(CONTENT_LENGTH, 0, end, 1);
        if (length < 0) {
            throw new IllegalStateException("an answer without Content-Length");
        }
        bodyLength = digits(length + CONTENT_LENGTH.length);
        bodyStart = end + HEAD_END.length;
        bodyRead = (long) bytes.position() - bodyStart;
        return true;
    }

    private void makeRoom() {
        if (!keepsBody) {
            bytes.clear();
        } else if (bytes.capacity() < bodyStart + bodyLength) {
            bytes = ByteBuffer.allocateDirect((int) (bodyStart + bodyLength)).put(bytes.flip());
        }
    }

    private long digits(int from) {
        int at = from;
        while (bytes.get(at) == ' ') {
            at++;
        }
        long value = 0;
        for (int digit = bytes.get(at) - '0'; digit >= 0 && digit <= 9; digit = bytes.get(++at) - '0') {
            value = value * 10 + digit;
        }
        return value;
    }

    /**
     * Where the wanted bytes (upper and lower case alike) begin, looking at every place from one towards another; -1
     * for nowhere.
     */
    private int indexOf(byte[] wanted, int from, int towards, int step) {
        for (int at = from; at != towards && (step > 0) == (at < towards); at += step) {
            int same = 0;
            while (same < wanted.length && lower(bytes.get(at + same)) == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    private static byte lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? (byte) (letter + 'a' - 'A') : letter;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
