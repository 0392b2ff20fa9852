package io.verstak.server.sync;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The body of a push as the client sent it. A missing or null field reads as empty. */
public record PushRequest(
        @Nullable String idempotencyKey,
        @Nullable String deviceId,

        @JsonDeserialize(using = BoundedOps.class) @Nullable List<PushedOp> ops) {

    /** One op of a push. */
    public record PushedOp(
            @Nullable String opId,
            @Nullable String entityType,
            @Nullable String entityId,
            @Nullable String opType,
            @Nullable String payloadJson,
            long clientSequence,
            long lastSeenServerSeq,
            @Nullable String createdAt) {}

    /** Reads the ops of a push. Of an endless list it keeps only enough to see that there are too many. */
    static final class BoundedOps extends JsonDeserializer<List<PushedOp>> implements ContextualDeserializer {
        /** More than any configuration allows. */
        private static final int MOST = 100_001;

        private final @Nullable JsonDeserializer<Object> ofOp;

        /** For Jackson, which then asks for the one that knows its ops. */
        BoundedOps() {
            this(null);
        }

        private BoundedOps(@Nullable JsonDeserializer<Object> ofOp) {
            this.ofOp = ofOp;
        }

        /** Looks for the reader of an op once, and not for each op. */
        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
                throws JsonMappingException {
            JavaType op = context.constructType(PushedOp.class);
            return new BoundedOps(context.findContextualValueDeserializer(op, property));
        }

        @Override
        public List<PushedOp> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                context.reportInputMismatch(List.class, "not a list");
            }
            JsonDeserializer<Object> reader = Objects.requireNonNull(ofOp);
            List<@Nullable PushedOp> ops = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (ops.size() < MOST) {
                    ops.add(
                            parser.currentToken() == JsonToken.VALUE_NULL
                                    ? null
                                    : (PushedOp) reader.deserialize(parser, context));
                } else {
                    parser.skipChildren();
                }
            }
            return ops;
        }
    }
}
