package io.verstak.server.storage.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Checks an op's {@code payload_json} without decoding it: one JSON value, nested to 1000 at most, nothing behind it. Of
 * its content only the members {@code blob} and {@code dataBase64} of the outermost object matter, and those of a file only.
 */
public final class Payload {
    private static final int MAX_DEPTH = 1000;
    private static final String FILE = "file";
    private static final JsonFactory JSON = JsonFactory.builder()
            // Names are a client's own: remembering them would let it fill a table that all requests share.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Payload() {}

    /**
     * Returns the blob that the payload refers to, if any.
     *
     * @throws ServerException {@code INVALID_PAYLOAD}, {@code INVALID_BLOB_REFERENCE}, {@code INLINE_BINARY_FORBIDDEN}
     */
    public static @Nullable BlobReference check(String entityType, String payloadJson) {
        if (payloadJson.isEmpty()) {
            return null;
        }
        try (JsonParser parser = JSON.createParser(payloadJson)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new ServerException(ErrorCode.INVALID_PAYLOAD);
            }
            BlobReference blob = null;
            if (first == JsonToken.START_OBJECT) {
                blob = members(parser, FILE.equals(entityType));
            } else {
                skip(parser);
            }
            if (parser.nextToken() != null) {
                throw new ServerException(ErrorCode.INVALID_PAYLOAD);
            }
            return blob;
        } catch (IOException notJson) {
            throw new ServerException(ErrorCode.INVALID_PAYLOAD);
        }
    }

    private static @Nullable BlobReference members(JsonParser parser, boolean file) throws IOException {
        BlobReference blob = null;
        boolean inline = false;
        boolean malformed = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            inline |= file && name.equals("dataBase64");
            if (file && name.equals("blob") && value != JsonToken.VALUE_NULL) {
                blob = value == JsonToken.START_OBJECT ? reference(parser) : null;
                malformed |= blob == null;
            }
            skip(parser);
        }
        // Only now: a payload that is no JSON at all says so first.
        if (inline) {
            throw new ServerException(ErrorCode.INLINE_BINARY_FORBIDDEN);
        }
        if (malformed) {
            throw new ServerException(ErrorCode.INVALID_BLOB_REFERENCE);
        }
        return blob;
    }

    private static @Nullable BlobReference reference(JsonParser parser) throws IOException {
        String sha256 = "";
        long size = -1;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("sha256") && value == JsonToken.VALUE_STRING) {
                sha256 = parser.getText();
            } else if (name.equals("size") && value == JsonToken.VALUE_NUMBER_INT) {
                size = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : parser.getLongValue();
            }
            skip(parser);
        }
        long bytes = size;
        return bytes < 0
                ? null
                : Sha256.parse(sha256)
                        .map(digest -> new BlobReference(digest, bytes))
                        .orElse(null);
    }

    /** Moves to the end of the value that the parser stands on, checking it on the way. */
    private static void skip(JsonParser parser) throws IOException {
        parser.skipChildren();
        // A string or a number is checked only when it is read to its end.
        parser.finishToken();
    }
}
