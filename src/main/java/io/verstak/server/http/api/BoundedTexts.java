package io.verstak.server.http.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a list of digests. Of an endless list it keeps only enough to see that there are too many. */
final class BoundedTexts extends JsonDeserializer<List<@Nullable String>> {
    private static final int MOST = BlobApi.MAX_ASKED + 1;

    @Override
    public List<@Nullable String> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            context.reportInputMismatch(List.class, "not a list");
        }
        List<@Nullable String> texts = new ArrayList<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            if (next != JsonToken.VALUE_STRING && next != JsonToken.VALUE_NULL) {
                context.reportInputMismatch(String.class, "not a text");
            }
            if (texts.size() < MOST) {
                texts.add(next == JsonToken.VALUE_NULL ? null : parser.getText());
            }
        }
        return texts;
    }
}
