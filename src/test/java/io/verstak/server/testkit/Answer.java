package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A response as it came over the wire.
 *
 * @param headers names in lower case
 * @param wire the body as it was sent, without its transfer coding
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Answer(int status, Map<String, List<String>> headers, byte[] wire) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** The field's value; empty when it is missing. */
    public String header(String name) {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        return String.join(", ", values);
    }

    /** The body without its content coding. */
    public byte[] body() {
        if (!header("Content-Encoding").equals("gzip")) {
            return wire;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(wire))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String text() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** The body, which must be JSON and say so. */
    public JsonNode json() {
        if (!header("Content-Type").equals("application/json")) {
            throw new AssertionError("not JSON: " + status + " " + header("Content-Type") + " " + text());
        }
        try {
            return MAPPER.readTree(body());
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text(), e);
        }
    }

    /** The stable code of an error. */
    public String code() {
        return json().path("code").asText();
    }

    @Override
    public String toString() {
        return status + " " + headers + "\n" + text();
    }
}
