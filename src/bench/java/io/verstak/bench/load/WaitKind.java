package io.verstak.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a device waits. */
public enum WaitKind {
    STREAM {
        @Override
        ByteBuffer request(byte[] token, long cursor) {
            return bytes("GET /api/v1/sync/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n"
                    .formatted(text(token)));
        }
    },
    PULL {
        @Override
        ByteBuffer request(byte[] token, long cursor) {
            String body = "{\"since_sequence\":%d,\"wait_seconds\":25}".formatted(cursor);
            return bytes(("POST /api/v1/sync/pull HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                            + "Content-Length: %d\r\n\r\n%s")
                    .formatted(text(token), body.length(), body));
        }
    };

    private static final Pattern HEAD = Pattern.compile("\"server_sequence\":(\\d+)");

    /** The bytes of a request of the device. */
    abstract ByteBuffer request(byte[] token, long cursor);

    boolean answersAtOnce() {
        return this == STREAM;
    }

    /** Whether a wait ends with its answer. */
    boolean asksAgain() {
        return this == PULL;
    }

    /** The head that is told; 0 for a comment, -1 for what is neither. */
    long head(String received) {
        Matcher head = HEAD.matcher(received);
        if (head.find()) {
            return Long.parseLong(head.group(1));
        }
        return received.contains(": ") && !received.startsWith("HTTP/1.1 4") && !received.startsWith("HTTP/1.1 5")
                ? 0
                : -1;
    }

    private static String text(byte[] token) {
        return new String(token, StandardCharsets.US_ASCII);
    }

    private static ByteBuffer bytes(String request) {
        return ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    }
}
