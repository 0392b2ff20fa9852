package io.verstak.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON on the wire: records with snake-case members. Reading is strict (RFC 8259, RFC 3629): no value is coerced into
 * another type, no byte is repaired.
 */
public final class Json {
    private static final int MAX_DEPTH = 64;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNumberLength(1000)
                            .build())
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private Json() {}

    /**
     * Reads the one value of a body.
     *
     * @throws ServerException {@code INVALID_JSON} or {@code TRAILING_JSON}
     */
    public static <T> T read(Buffer body, Class<T> type) {
        byte[] bytes = body.getBytes();
        try {
            requireUtf8(bytes);
            if (mayEscapeSurrogates(bytes)) {
                requirePairedSurrogates(bytes);
            }
            try (JsonParser parser = MAPPER.createParser(bytes)) {
                T value = MAPPER.readValue(parser, type);
                requireEnd(parser);
                if (value == null) {
                    return MAPPER.readValue("{}", type);
                }
                return value;
            }
        } catch (IOException notJson) {
            throw new ServerException(ErrorCode.INVALID_JSON);
        }
    }

    /** Writes a record, a list or a map. */
    public static Buffer write(Object value) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("what the server answers can be written as JSON", e);
        }
    }

    private static void requireEnd(JsonParser parser) {
        try {
            if (parser.nextToken() == null) {
                return;
            }
        } catch (IOException garbage) {
            // Not even JSON: still something behind the value.
        }
        throw new ServerException(ErrorCode.TRAILING_JSON);
    }

    private static void requireUtf8(byte[] bytes) throws CharacterCodingException {
        // The parser would take UTF-16 and UTF-32 as well; both have a NUL in one of their first two bytes.
        if (bytes.length > 1 && (bytes[0] == 0 || bytes[1] == 0)) {
            throw new CharacterCodingException();
        }
        for (byte b : bytes) {
            if (b < 0) {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return;
            }
        }
    }

    /** Whether an escape of D800 to DFFF stands in the text: rare enough to look at each string only then. */
    private static boolean mayEscapeSurrogates(byte[] bytes) {
        for (int i = 0; i + 3 < bytes.length; i++) {
            if (bytes[i] == '\\') {
                if (bytes[i + 1] == 'u' && (bytes[i + 2] | 0x20) == 'd' && bytes[i + 3] > '7') {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static void requirePairedSurrogates(byte[] bytes) throws IOException {
        try (JsonParser parser = MAPPER.createParser(bytes)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                boolean text = token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
                if (text && !StandardCharsets.UTF_8.newEncoder().canEncode(parser.getText())) {
                    throw new ServerException(ErrorCode.INVALID_JSON);
                }
            }
        }
    }
}
