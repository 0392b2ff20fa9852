package io.verstak.server.http.guard;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;

/** Rules for decoded heads that the decoder does not check (RFC 9112 sections 3 and 6). */
final class HeadRules {
    /** Sums with longer bodies could overflow a long. */
    private static final long MAX_CONTENT_LENGTH = 999_999_999_999_999_999L;

    private HeadRules() {}

    /** How a request's body is framed. */
    enum Body {
        NONE,
        SIZED,
        CHUNKED
    }

    static boolean isToken(String word) {
        return HttpHeaderValidationUtil.validateToken(word) < 0;
    }

    /** Fails unless exactly one SP, and no other blank, is before the word of the request line that begins there. */
    static void requireBlankBefore(byte[] line, int word) {
        if (word < 2 || line[word - 1] != ' ' || isBlank(line[word - 2])) {
            throw MalformedRequest.because("request line");
        }
    }

    static void requireRequestLine(String method, String target, String version, int maxBytes) {
        if (method.length() + target.length() + version.length() + 2 > maxBytes) {
            throw new MalformedRequest(Refusal.LINE_TOO_LONG, "request line too long");
        }
        if (!isToken(method) || target.isEmpty()) {
            throw MalformedRequest.because("request line");
        }
        for (int i = 0; i < target.length(); i++) {
            char octet = target.charAt(i);
            if (octet <= ' ' || octet >= 0x7f) {
                throw MalformedRequest.because("request target");
            }
            if (octet == '%' && !(isHexDigit(target, i + 1) && isHexDigit(target, i + 2))) {
                throw new MalformedRequest(Refusal.BAD_TARGET, "escape in the request target");
            }
        }
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw MalformedRequest.because("protocol version");
        }
    }

    /** Returns how the request's body is framed. Fails if its Host or its body is ambiguous. */
    static Body bodyOf(HttpRequest request) {
        HttpHeaders headers = request.headers();
        requireHost(headers.getAll(HttpHeaderNames.HOST), request.protocolVersion());
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()) {
            if (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0))) {
                throw MalformedRequest.because("Transfer-Encoding");
            }
            return Body.CHUNKED;
        }
        if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)) {
            // The decoder would take eight bytes after the head for a body that no field announces.
            throw MalformedRequest.because("Sec-WebSocket-Key1");
        }
        long length = HttpUtil.getContentLength(request, 0L);
        if (length > MAX_CONTENT_LENGTH) {
            throw MalformedRequest.because("Content-Length");
        }
        return length == 0 ? Body.NONE : Body.SIZED;
    }

    /** Uses the same parser as the routes: a value it cannot read would otherwise be an internal error. */
    private static void requireHost(List<String> hosts, HttpVersion version) {
        if (hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_0)) {
            return;
        }
        // The parser allows a comma in a name, so that a joined list of two hosts would pass.
        String host = hosts.size() == 1 ? hosts.get(0) : "";
        if (host.isEmpty() || host.indexOf(',') >= 0 || HostAndPort.parseAuthority(host, -1) == null) {
            throw MalformedRequest.because("Host");
        }
    }

    private static boolean isHexDigit(String target, int index) {
        return index < target.length() && Character.digit(target.charAt(index), 16) >= 0;
    }

    private static boolean isBlank(byte octet) {
        return octet >= 0 && octet <= ' ';
    }
}
