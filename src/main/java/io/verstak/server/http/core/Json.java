package io.verstak.server.http.core;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.netty.buffer.ByteBuf;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON: records with snake-case members. Reading is strict (RFC 8259, RFC 3629): no value is coerced
 * into another type, no byte is repaired. It takes a bounded multiple of the body's memory for any body.
 */
public final class Json {
    private static final int MAX_DEPTH = 64;

    /** In characters. Reading a text takes about seven times as many bytes, so that several fit into the heap. */
    private static final int MAX_TEXT =
            (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 32);

    /** In bodies longer than this, names are not cached: millions of them would take more memory than the body. */
    private static final int MANY_NAMES_BYTES = 256 << 10;

    /**
     * More than the names of any call. Some thousands of names are cached for later bodies: with long ones, any
     * client could fill the heap.
     */
    private static final int MAX_REMEMBERED_NAME = 64;

    /** In digits. Only numbers of unknown fields may be long, and they are not converted. */
    private static final int MAX_NUMBER = 20_000;

    private static final JsonMapper MAPPER = mapper(true);
    private static final JsonMapper FORGETFUL = mapper(false);

    private Json() {}

    private static JsonMapper mapper(boolean remembersNames) {
        JsonFactory factory = JsonFactory.builder()
                .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, remembersNames)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_TEXT)
                        .maxNameLength(remembersNames ? MAX_REMEMBERED_NAME : MAX_TEXT)
                        .maxNumberLength(MAX_NUMBER)
                        .build())
                // Used for the error message of a number in place of a text; the usual way takes quadratic time in its
                // length.
                .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                .build();
        return JsonMapper.builder(factory)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .annotationIntrospector(new UnknownSkipped())
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }

    /** Without it, unknown members would be collected first and dropped later. */
    private static final class UnknownSkipped extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated annotated) {
            return super.findPropertyIgnoralByName(config, annotated).withIgnoreUnknown();
        }
    }

    /**
     * Reads the single value of a body.
     *
     * @throws ServerException {@code INVALID_JSON} or {@code TRAILING_JSON}; for a text larger than memory allows,
     *     {@code PAYLOAD_TOO_LARGE} or {@code FIELD_TOO_LONG}
     */
    static <T> T read(Buffer body, Class<T> type) {
        byte[] bytes = bytes(body);
        try {
            JsonText.requireUtf8(bytes);
            return bytes.length < MANY_NAMES_BYTES ? readRemembering(bytes, type) : read(FORGETFUL, bytes, type);
        } catch (IOException notJson) {
            throw new ServerException(ErrorCode.INVALID_JSON);
        }
    }

    /** Returns a body's bytes, which nobody changes, and mostly without a copy. */
    private static byte[] bytes(Buffer body) {
        ByteBuf bytes = ((BufferInternal) body).getByteBuf();
        boolean isWhole = bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.array().length == body.length();
        return isWhole ? bytes.array() : body.getBytes();
    }

    private static <T> T readRemembering(byte[] bytes, Class<T> type) throws IOException {
        try {
            return read(MAPPER, bytes, type);
        } catch (IOException refused) {
            if (isBound(refused)) {
                return read(FORGETFUL, bytes, type);
            }
            throw refused;
        }
    }

    private static <T> T read(JsonMapper mapper, byte[] bytes, Class<T> type) throws IOException {
        if (JsonText.mayEscapeSurrogates(bytes)) {
            parse(mapper, bytes, parser -> {
                JsonText.requirePairedSurrogates(parser);
                return null;
            });
        }
        return Objects.requireNonNull(parse(mapper, bytes, parser -> value(mapper, parser, type)));
    }

    private interface Reading<T> {
        @Nullable
        T from(JsonParser parser) throws IOException;
    }

    private static <T> @Nullable T parse(JsonMapper mapper, byte[] bytes, Reading<T> reading) throws IOException {
        try (JsonParser parser = mapper.createParser(bytes)) {
            try {
                return reading.from(parser);
            } catch (IOException refused) {
                if (isTextTooLong(parser, refused)) {
                    throw tooLong(parser);
                }
                throw refused;
            }
        }
    }

    private static <T> T value(JsonMapper mapper, JsonParser parser, Class<T> type) throws IOException {
        T value = mapper.readValue(parser, type);
        requireEnd(parser);
        return value == null ? mapper.readValue("{}", type) : value;
    }

    private static boolean isTextTooLong(JsonParser parser, IOException refused) {
        return isBound(refused) && parser.currentToken() == JsonToken.VALUE_STRING;
    }

    /** Returns whether a limit of the parser was reached, rather than invalid JSON. */
    private static boolean isBound(IOException refused) {
        return refused instanceof StreamConstraintsException
                || refused.getCause() instanceof StreamConstraintsException;
    }

    private static ServerException tooLong(JsonParser parser) throws IOException {
        boolean payload = "payload_json".equals(parser.currentName());
        return new ServerException(payload ? ErrorCode.PAYLOAD_TOO_LARGE : ErrorCode.FIELD_TOO_LONG);
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
            // Not even JSON, but still data after the value.
        }
        throw new ServerException(ErrorCode.TRAILING_JSON);
    }
}
