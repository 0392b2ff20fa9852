package io.verstak.server.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as it goes over the wire; nothing is added to it but {@code Host} and {@code Content-Length}.
 *
 * @param fields the field lines, without those two
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Request(String method, String path, List<String> fields, byte[] body, boolean chunked) {

    public static Request of(String method, String path) {
        return new Request(method, path, List.of(), new byte[0], false);
    }

    public static Request get(String path) {
        return of("GET", path);
    }

    public static Request post(String path, String json) {
        return post(path, json.getBytes(StandardCharsets.UTF_8)).with("Content-Type", "application/json");
    }

    public static Request post(String path, byte[] body) {
        return new Request("POST", path, List.of(), body, false);
    }

    public Request with(String name, String value) {
        List<String> more = new ArrayList<>(fields);
        more.add(name + ": " + value);
        return new Request(method, path, more, body, chunked);
    }

    public Request bearer(String token) {
        return with("Authorization", "Bearer " + token);
    }

    /** Sends the body in chunks, without announcing its length. */
    public Request inChunks() {
        return new Request(method, path, fields, body, true);
    }

    /** The request line and the field lines, with the empty line behind them. */
    public byte[] head() {
        StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: test\r\n");
        fields.forEach(field -> head.append(field).append("\r\n"));
        if (chunked) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (body.length > 0 || method.equals("POST")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head());
        if (!chunked) {
            out.writeBytes(body);
            return out.toByteArray();
        }
        int size = Math.max(1, body.length / 3 + 1);
        for (int at = 0; at < body.length; at += size) {
            int length = Math.min(size, body.length - at);
            out.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, at, length);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }
}
