package io.verstak.server.http.multipart;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The boundary that a request announces (RFC 2046, section 5.1.1). */
final class Boundary {
    private static final int MAX_LENGTH = 70;

    private Boundary() {}

    /** Refuses with {@code INVALID_MULTIPART} a request that announces none. */
    static byte[] of(HttpServerRequest request) {
        List<String> types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
        if (types.size() == 1) {
            FieldValue type = FieldValue.parse(types.get(0));
            @Nullable String boundary = type.parameter("boundary");
            if (type.value().equals("multipart/form-data") && boundary != null && isValid(boundary)) {
                return boundary.getBytes(StandardCharsets.US_ASCII);
            }
        }
        throw new ServerException(ErrorCode.INVALID_MULTIPART);
    }

    private static boolean isValid(String boundary) {
        return !boundary.isEmpty()
                && boundary.length() <= MAX_LENGTH
                && !boundary.endsWith(" ")
                && boundary.chars().allMatch(c -> c >= ' ' && c < 127);
    }
}
