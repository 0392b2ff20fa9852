package io.verstak.server.files.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.verstak.server.domain.files.FileContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the ops of an export, one JSON object per line with the fields of a pull. What an op means is {@link PayloadReader}'s
 * to say: whatever its payload holds, it is read as one op. Safe for any thread.
 */
public final class OpReader {
    /** As long as a push may be, or an imported op: one that is not read would end the index of its vault. */
    static final StreamReadConstraints UNBOUNDED = StreamReadConstraints.builder()
            .maxStringLength(Integer.MAX_VALUE)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .build();

    /** RFC 3339 has years of four digits. */
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final JsonFactory JSON =
            JsonFactory.builder().streamReadConstraints(UNBOUNDED).build();

    private OpReader() {}

    /** Returns the ops in the order of their lines. */
    public static List<VaultOp> ops(byte[] lines) {
        List<VaultOp> ops = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(lines)) {
            Map<String, String> fields = new HashMap<>();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                long sequence = fields(parser, fields);
                ops.add(new VaultOp(
                        sequence,
                        text(fields, "device_id"),
                        time(text(fields, "created_at")),
                        PayloadReader.change(
                                text(fields, "entity_type"),
                                text(fields, "entity_id"),
                                text(fields, "op_type"),
                                text(fields, "payload_json"))));
            }
            return ops;
        } catch (IOException impossible) {
            throw damaged(impossible);
        }
    }

    /** Returns what the first line gives to a file; empty if it is not the op of this sequence, or gives none. */
    public static Optional<FileContent> content(byte[] lines, long sequence) {
        return first(lines, sequence)
                .filter(fields -> text(fields, "entity_type").equals("file"))
                .flatMap(fields -> PayloadReader.content(text(fields, "payload_json")));
    }

    /** A Deal that is put into the trash, and the payload of the op. */
    public record Trash(String deal, String payload) {}

    /** Returns what the first line puts into the trash; empty if it is not the op of this sequence, or is another one. */
    public static Optional<Trash> trash(byte[] lines, long sequence) {
        return first(lines, sequence)
                .filter(fields -> text(fields, "entity_type").equals("workspace")
                        && text(fields, "op_type").equals("trash"))
                .map(fields -> new Trash(text(fields, "entity_id"), text(fields, "payload_json")));
    }

    private static Optional<Map<String, String>> first(byte[] lines, long sequence) {
        try (JsonParser parser = JSON.createParser(lines)) {
            Map<String, String> fields = new HashMap<>();
            return parser.nextToken() == JsonToken.START_OBJECT && fields(parser, fields) == sequence
                    ? Optional.of(fields)
                    : Optional.empty();
        } catch (IOException impossible) {
            throw damaged(impossible);
        }
    }

    /** Reads the fields of an op. Returns its sequence. */
    private static long fields(JsonParser parser, Map<String, String> fields) throws IOException {
        fields.clear();
        long sequence = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("server_sequence")) {
                sequence = parser.getLongValue();
            } else if (value == JsonToken.VALUE_STRING) {
                fields.put(name, parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        return sequence;
    }

    private static UncheckedIOException damaged(IOException failure) {
        return new UncheckedIOException("the log does not give out JSON", failure);
    }

    private static String text(Map<String, String> fields, String name) {
        return fields.getOrDefault(name, "");
    }

    private static long time(String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return time.isAfter(LAST) ? 0 : Math.max(0, time.toEpochMilli());
        } catch (DateTimeException | ArithmeticException none) {
            return 0;
        }
    }
}
