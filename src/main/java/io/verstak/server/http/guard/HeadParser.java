package io.verstak.server.http.guard;

import io.vertx.core.net.HostAndPort;
import java.nio.charset.StandardCharsets;

/**
 * Parses a complete head strictly, so that every recipient understands it in the same way (RFC 9112 sections 2 to 6).
 * An ambiguous head fails even where the RFC would allow it to be repaired.
 */
final class HeadParser {
    /** The number of digits of a Content-Length that always fits into a long. */
    private static final int MAX_LENGTH_DIGITS = 18;

    private final byte[] head;
    private int at;
    private boolean http10;
    private int hosts;
    private long contentLength = -1;
    private boolean chunked;
    private boolean expectsContinue;

    private HeadParser(byte[] head) {
        this.head = head;
    }

    /**
     * Fails with {@link Refusal#MALFORMED} unless the head is unambiguous.
     *
     * @param head a whole head, with the CR LF of every line and the empty line
     */
    static RequestHead parse(byte[] head) throws MalformedRequest {
        return new HeadParser(head).parse();
    }

    private RequestHead parse() throws MalformedRequest {
        at = head[0] == HttpChars.CR ? 2 : 0;
        requestLine(lineEnd());
        for (int end = lineEnd(); end > at; end = lineEnd()) {
            field(end);
            at = end + 2;
        }
        if (hosts == 0 && !http10) {
            throw MalformedRequest.because("no Host");
        }
        if (chunked && (contentLength >= 0 || http10)) {
            throw MalformedRequest.because("Transfer-Encoding beside Content-Length or in HTTP/1.0");
        }
        long length = chunked ? RequestHead.CHUNKED : Math.max(0, contentLength);
        return new RequestHead(length, expectsContinue && !http10 && length != 0);
    }

    private int lineEnd() {
        int end = at;
        while (head[end] != HttpChars.CR) {
            end++;
        }
        return end;
    }

    private void requestLine(int end) throws MalformedRequest {
        int method = indexOf(HttpChars.SP, at, end);
        int target = indexOf(HttpChars.SP, method + 1, end);
        if (!HttpChars.isToken(head, at, method) || target == end || target == method + 1) {
            throw MalformedRequest.because("request line");
        }
        for (int i = method + 1; i < target; i++) {
            if (!HttpChars.isVisible(head[i])) {
                throw MalformedRequest.because("request target");
            }
            if (head[i] == '%' && (i + 2 >= target || !isHexDigit(head[i + 1]) || !isHexDigit(head[i + 2]))) {
                throw new MalformedRequest(Refusal.BAD_TARGET, "escape in the request target");
            }
        }
        http10 = isVersion(target + 1, end, '0');
        if (!http10 && !isVersion(target + 1, end, '1')) {
            throw MalformedRequest.because("protocol version");
        }
        at = end + 2;
    }

    private static boolean isHexDigit(byte octet) {
        return Character.digit(octet, 16) >= 0;
    }

    private boolean isVersion(int from, int to, char minor) {
        String version = "HTTP/1." + minor;
        if (to - from != version.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (head[i] != version.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    private void field(int end) throws MalformedRequest {
        // A folded line begins with a blank, and a name with a blank before the colon is not a token: both fail here.
        int colon = FieldLine.check(head, at, end);
        int from = colon + 1;
        int to = end;
        while (from < to && isBlank(head[from])) {
            from++;
        }
        while (to > from && isBlank(head[to - 1])) {
            to--;
        }
        switch (colon - at) {
            case 4 -> host(colon, from, to);
            case 6 -> expect(colon, from, to);
            case 14 -> contentLength(colon, from, to);
            case 17 -> transferEncoding(colon, from, to);
            default -> {}
        }
    }

    private void host(int colon, int from, int to) throws MalformedRequest {
        if (!HttpChars.equalsIgnoreCase(head, at, colon, "host")) {
            return;
        }
        if (++hosts > 1 || !HttpChars.isHost(head, from, to) || !isAuthority(from, to)) {
            throw MalformedRequest.because("Host");
        }
    }

    /** Uses the same parser as the routes: a value it cannot read would otherwise be an internal error. */
    private boolean isAuthority(int from, int to) {
        return HostAndPort.parseAuthority(new String(head, from, to - from, StandardCharsets.US_ASCII), -1) != null;
    }

    private void expect(int colon, int from, int to) {
        if (HttpChars.equalsIgnoreCase(head, at, colon, "expect")) {
            expectsContinue = HttpChars.equalsIgnoreCase(head, from, to, "100-continue");
        }
    }

    private void contentLength(int colon, int from, int to) throws MalformedRequest {
        if (!HttpChars.equalsIgnoreCase(head, at, colon, "content-length")) {
            return;
        }
        if (contentLength >= 0 || from == to || to - from > MAX_LENGTH_DIGITS) {
            throw MalformedRequest.because("Content-Length");
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!HttpChars.isDigit(head[i])) {
                throw MalformedRequest.because("Content-Length");
            }
            value = value * 10 + (head[i] - '0');
        }
        contentLength = value;
    }

    private void transferEncoding(int colon, int from, int to) throws MalformedRequest {
        if (!HttpChars.equalsIgnoreCase(head, at, colon, "transfer-encoding")) {
            return;
        }
        if (chunked || !HttpChars.equalsIgnoreCase(head, from, to, "chunked")) {
            throw MalformedRequest.because("Transfer-Encoding");
        }
        chunked = true;
    }

    private int indexOf(byte octet, int from, int end) {
        int index = from;
        while (index < end && head[index] != octet) {
            index++;
        }
        return Math.min(index, end);
    }

    private static boolean isBlank(byte octet) {
        return octet == HttpChars.SP || octet == HttpChars.HTAB;
    }
}
