package io.verstak.server.http.api;

import io.verstak.server.blob.resumable.ChunkChecksum;
import io.verstak.server.blob.resumable.ChunkChecksum.Algorithm;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the request headers of the tus protocol strictly. Fails with {@code INVALID_REQUEST} unless stated otherwise.
 */
final class TusHeaders {
    private static final String PART_TYPE = "application/offset+octet-stream";
    private static final int MAX_METADATA = 4096;

    /** A number of this many digits fits into a long. */
    private static final int MAX_DIGITS = 18;

    /** The metadata key for the digest of the whole upload. */
    private static final String SHA256 = "sha256";

    private final HttpServerRequest request;

    TusHeaders(HttpServerRequest request) {
        this.request = request;
    }

    /** Returns {@code Upload-Length} of a new upload. */
    long length() {
        if (request.getHeader("Upload-Defer-Length") != null || request.getHeader("Upload-Concat") != null) {
            throw invalid("This server offers neither deferred lengths nor concatenation.");
        }
        return number("Upload-Length");
    }

    long offset() {
        return number("Upload-Offset");
    }

    private long number(String name) {
        @Nullable String text = request.getHeader(name);
        if (text == null
                || text.isEmpty()
                || text.length() > MAX_DIGITS
                || !text.chars().allMatch(TusHeaders::isDigit)) {
            throw invalid(name + " must be a number.");
        }
        return Long.parseLong(text);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Returns the length of the body, 0 when only its end will tell. */
    long bodyLength() {
        @Nullable String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    boolean hasBody() {
        return bodyLength() > 0 || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    /** Fails with {@code UNSUPPORTED_MEDIA_TYPE} for a body that is not a chunk of an upload. */
    void requirePart() {
        @Nullable String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null
                || !type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(PART_TYPE)) {
            throw new ServerException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body must be " + PART_TYPE + ".");
        }
    }

    /** Returns {@code Upload-Checksum}: an algorithm and a digest in Base64. */
    Optional<ChunkChecksum> checksum() {
        @Nullable String text = request.getHeader("Upload-Checksum");
        if (text == null) {
            return Optional.empty();
        }
        String[] parts = text.split(" ", 2);
        Algorithm algorithm = switch (parts[0]) {
            case "sha256" -> Algorithm.SHA256;
            case "sha1" -> Algorithm.SHA1;
            default -> throw invalid("Upload-Checksum takes sha256 and sha1.");
        };
        return Optional.of(new ChunkChecksum(algorithm, base64(parts.length == 2 ? parts[1] : "")));
    }

    /** Returns {@code Upload-Metadata} as it was sent. Fails with {@code FIELD_TOO_LONG} beyond 4096 bytes. */
    String metadata() {
        @Nullable String text = request.getHeader("Upload-Metadata");
        if (text != null && text.length() > MAX_METADATA) {
            throw new ServerException(ErrorCode.FIELD_TOO_LONG);
        }
        return text == null ? "" : text;
    }

    /** Returns the digest named by the metadata. Fails with {@code INVALID_BLOB_HASH} if it is malformed. */
    Optional<Sha256> announced() {
        @Nullable String value = pairs().get(SHA256);
        if (value == null) {
            return Optional.empty();
        }
        String hex = new String(base64(value), StandardCharsets.ISO_8859_1);
        return Optional.of(Sha256.parse(hex).orElseThrow(() -> new ServerException(ErrorCode.INVALID_BLOB_HASH)));
    }

    /**
     * Parses keys and their Base64 values, separated by a space; pairs are separated by commas. A key may have no
     * value.
     */
    private Map<String, String> pairs() {
        Map<String, String> pairs = new HashMap<>();
        if (metadata().isBlank()) {
            return pairs;
        }
        for (String pair : metadata().split(",", -1)) {
            String[] parts = pair.strip().split(" ", 2);
            String value = parts.length == 2 ? parts[1].strip() : "";
            base64(value);
            if (parts[0].isEmpty() || pairs.put(parts[0], value) != null) {
                throw invalid("Upload-Metadata has an empty key, or one twice.");
            }
        }
        return pairs;
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            throw invalid("A value is not base64.");
        }
    }

    private static ServerException invalid(String text) {
        return new ServerException(ErrorCode.INVALID_REQUEST, text);
    }
}
