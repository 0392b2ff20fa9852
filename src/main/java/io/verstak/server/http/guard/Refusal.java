package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** An answer sent by the transport before or instead of a handler; the connection is closed after it. */
enum Refusal {
    MALFORMED(400, "Bad Request", "invalid_request", "malformed HTTP request"),
    BAD_TARGET(400, "Bad Request", "invalid_request", "malformed address", "Этот адрес записан с ошибкой"),
    TIMEOUT(408, "Request Timeout", "request_timeout", "the request body came too slowly"),
    LINE_TOO_LONG(
            414, "URI Too Long", "request_too_large", "the request line is too long", "Этот адрес слишком длинный"),
    HEAD_TOO_LARGE(
            431,
            "Request Header Fields Too Large",
            "request_too_large",
            "the request head is too large",
            "Заголовок запроса слишком велик");

    /** Without style sheet and language selection: text in both languages, and nothing for a browser to load. */
    private static final String PAGE = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Verstak</title></head>
            <body><h1>Verstak</h1><p>%s</p><p lang="ru">%s</p></body></html>
            """;

    private final String wire;
    private final String page;

    /** Sent to programs only: browsers never cause it. */
    Refusal(int status, String reason, String code, String text) {
        this(status, reason, code, text, "");
    }

    Refusal(int status, String reason, String code, String text, String russian) {
        String json = "{\"error\":\"" + text + "\",\"code\":\"" + code + "\"}";
        this.wire = answer(status + " " + reason, "application/json", json);
        this.page = russian.isEmpty()
                ? wire
                : answer(
                        status + " " + reason,
                        String.join(
                                "\r\n",
                                "text/html; charset=utf-8",
                                "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
                                "Referrer-Policy: same-origin",
                                "Cache-Control: no-store"),
                        PAGE.formatted(text, russian));
    }

    private static String answer(String status, String type, String body) {
        return "HTTP/1.1 " + status + "\r\n"
                + "Content-Type: " + type + "\r\n"
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n"
                + "X-Content-Type-Options: nosniff\r\n"
                + "Connection: close\r\n\r\n"
                + body;
    }

    /**
     * Returns the whole answer as bytes.
     *
     * @param toPage whether the request was for a page, as far as it could be read
     */
    ByteBuf toBytes(boolean toPage) {
        return Unpooled.copiedBuffer(toPage ? page : wire, StandardCharsets.UTF_8);
    }
}
