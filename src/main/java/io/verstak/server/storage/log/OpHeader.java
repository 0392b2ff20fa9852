package io.verstak.server.storage.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;

/** The header of a stored op: its fields before the payload, decoded from its JSON. */
public record OpHeader(String opId, String deviceId, String entityType, String entityId, String opType) {
    private static final int MEMBERS = 5;
    private static final byte[] BRACE = {'{'};
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /**
     * Decodes the header and ignores the rest.
     *
     * @param members see {@link StoredOp#members}
     */
    public static OpHeader parse(byte[] members) {
        try (JsonParser parser = JSON.createParser(
                new SequenceInputStream(new ByteArrayInputStream(BRACE), new ByteArrayInputStream(members)))) {
            parser.nextToken();
            String[] values = new String[MEMBERS];
            for (int i = 0; i < MEMBERS; i++) {
                values[i] = parser.nextToken() == JsonToken.FIELD_NAME ? parser.nextTextValue() : "";
            }
            return new OpHeader(values[0], values[1], values[2], values[3], values[4]);
        } catch (IOException e) {
            throw new UncheckedIOException("the log holds what it was given", e);
        }
    }

    public boolean sameEntity(OpHeader other) {
        return entityType.equals(other.entityType) && entityId.equals(other.entityId);
    }
}
