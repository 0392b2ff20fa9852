package io.verstak.server.http.core;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a form, as browsers send it ({@code application/x-www-form-urlencoded} or {@code multipart/form-data}). */
public final class FormFields {
    private static final String TYPE = "application/x-www-form-urlencoded";

    private final Map<String, List<String>> fields;

    private FormFields(Map<String, List<String>> fields) {
        this.fields = fields;
    }

    public static boolean announced(HttpServerRequest request) {
        String type = type(request);
        return type.startsWith(TYPE) || type.startsWith(MultipartFields.TYPE);
    }

    private static String type(HttpServerRequest request) {
        @Nullable String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type == null ? "" : type.strip().toLowerCase(Locale.ROOT);
    }

    /** Parses the form of a request's body. Refuses a malformed one with {@code INVALID_REQUEST}. */
    static FormFields parse(HttpServerRequest request, Buffer body) {
        return type(request).startsWith(MultipartFields.TYPE)
                ? new FormFields(MultipartFields.parse(request.getHeader(HttpHeaders.CONTENT_TYPE), body))
                : parse(body);
    }

    /** Parses a URL-encoded form. Refuses invalid escapes and a thousand fields or more. */
    private static FormFields parse(Buffer body) {
        try {
            return new FormFields(
                    new QueryStringDecoder(body.toString(StandardCharsets.UTF_8), StandardCharsets.UTF_8, false)
                            .parameters());
        } catch (IllegalArgumentException malformed) {
            throw new ServerException(ErrorCode.INVALID_REQUEST);
        }
    }

    /** Treats the members of a JSON object as fields, for programs. */
    static FormFields of(Map<?, ?> members) {
        Map<String, List<String>> fields = new HashMap<>();
        members.forEach(
                (name, value) -> fields.put(String.valueOf(name), List.of(value == null ? "" : String.valueOf(value))));
        return new FormFields(fields);
    }

    /** Returns the field's first value; empty when it is missing. */
    public String get(String name) {
        List<String> values = fields.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.get(0);
    }

    /** Returns all values of a field that a form may have several times. */
    public List<String> all(String name) {
        return List.copyOf(fields.getOrDefault(name, List.of()));
    }

    /** Returns the first non-empty field of these: a form field may have another name in the JSON of the same call. */
    public String first(String name, String nameInJson) {
        return get(name).isEmpty() ? get(nameInJson) : get(name);
    }

    /** Returns whether a checkbox of this name was ticked. */
    public boolean ticked(String name) {
        return fields.containsKey(name);
    }
}
