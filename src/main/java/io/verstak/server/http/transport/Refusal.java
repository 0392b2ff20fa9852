package io.verstak.server.http.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** An answer that the transport gives by itself, before or instead of any handler; the connection is closed behind it. */
enum Refusal {
    MALFORMED(400, "Bad Request", "invalid_request", "malformed HTTP request"),
    TIMEOUT(408, "Request Timeout", "request_timeout", "the request body came too slowly"),
    LINE_TOO_LONG(414, "URI Too Long", "request_too_large", "the request line is too long"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large", "request_too_large", "the request head is too large");

    private final int status;
    private final String json;
    private final String wire;

    Refusal(int status, String reason, String code, String text) {
        this.status = status;
        this.json = "{\"error\":\"" + text + "\",\"code\":\"" + code + "\"}";
        String head = "HTTP/1.1 " + status + " " + reason + "\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: " + json.length() + "\r\n"
                + "X-Content-Type-Options: nosniff\r\n"
                + "Connection: close\r\n\r\n";
        this.wire = head + json;
    }

    int status() {
        return status;
    }

    String json() {
        return json;
    }

    /** The whole answer as it goes over the wire. */
    ByteBuf toBytes() {
        return Unpooled.copiedBuffer(wire, StandardCharsets.US_ASCII);
    }
}
