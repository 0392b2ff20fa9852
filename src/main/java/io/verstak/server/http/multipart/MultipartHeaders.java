package io.verstak.server.http.multipart;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header fields of a multipart body and its part. Refuses with {@code INVALID_MULTIPART} all but one unencoded file. */
final class MultipartHeaders {
    private static final int MAX_BOUNDARY = 70;
    private static final String LINE_END = "\r\n";
    private static final Pattern FOLD = Pattern.compile("\r\n[ \t]+");
    private static final Set<String> AS_IT_IS = Set.of("binary", "8bit", "7bit");

    private MultipartHeaders() {}

    /** Returns the boundary that a request announces (RFC 2046, section 5.1.1). Refuses a request that announces none. */
    static byte[] boundary(HttpServerRequest request) {
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
                && boundary.length() <= MAX_BOUNDARY
                && !boundary.endsWith(" ")
                && boundary.chars().allMatch(c -> c >= ' ' && c < 127);
    }

    /**
     * Refuses all but a part named {@code file} with a file name (RFC 7578, section 4.2), which it returns.
     *
     * @param fields the lines between the boundary and the empty line, each with its end
     */
    static String requireFile(String fields) {
        Map<String, String> byName = split(fields);
        FieldValue parsed = FieldValue.parse(byName.getOrDefault("content-disposition", ""));
        require(parsed.value().equals("form-data"));
        require("file".equals(parsed.parameter("name")));
        require(isNamed(parsed.parameter("filename")) || isNamed(parsed.parameter("filename*")));
        String encoding = byName.getOrDefault("content-transfer-encoding", "binary");
        require(AS_IT_IS.contains(encoding.toLowerCase(Locale.ROOT)));
        @Nullable String name = parsed.parameter("filename");
        return name == null ? "" : name;
    }

    /** Browsers send an empty name where no file was chosen. */
    private static boolean isNamed(@Nullable String filename) {
        return filename != null && !filename.isEmpty();
    }

    private static Map<String, String> split(String fields) {
        Map<String, String> byName = new HashMap<>();
        // A line that begins with a blank continues the line before it (RFC 5322, section 2.2.3).
        String unfolded = FOLD.matcher(fields).replaceAll(" ");
        for (String line : unfolded.substring(0, Math.max(0, unfolded.length() - LINE_END.length()))
                .split(LINE_END, -1)) {
            int colon = line.indexOf(':');
            require(colon > 0 && line.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0));
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            require(name.chars().allMatch(c -> c > ' ' && c < 127));
            require(byName.put(name, line.substring(colon + 1).strip()) == null);
        }
        return byName;
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new ServerException(ErrorCode.INVALID_MULTIPART);
        }
    }
}
