package io.verstak.server.backup;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads a manifest from one end to the other, holding none of its blobs. Blocks. */
final class ManifestReader {
    private final Object where;
    private final JsonParser json;
    private final BlobConsumer held;
    private final BlobConsumer missing;
    private final ObjectNode head = Manifest.JSON.createObjectNode();

    /** Is told of each blob of a list. */
    interface BlobConsumer {
        void accept(BlobReference blob) throws IOException;
    }

    private ManifestReader(JsonParser json, Object where, BlobConsumer held, BlobConsumer missing) {
        this.json = json;
        this.where = where;
        this.held = held;
        this.missing = missing;
    }

    /**
     * Reads to the end of the stream, which stays open.
     *
     * @param where it is from, for a person
     * @param held told of the blobs whose bytes the backup holds
     * @param missing told of those that were damaged when it was made
     * @throws StorageException when it is damaged, or of a newer release
     */
    static Manifest read(InputStream in, Object where, BlobConsumer held, BlobConsumer missing) throws IOException {
        try (JsonParser json = Manifest.JSON.createParser(in).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            return new ManifestReader(json, where, held, missing).all();
        } catch (JsonProcessingException e) {
            throw new StorageException("%s: its %s cannot be read".formatted(where, Manifest.NAME), e);
        }
    }

    private Manifest all() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw damaged();
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case Manifest.BLOBS -> each(held);
                case Manifest.MISSING -> each(missing);
                default -> head.set(name, json.<JsonNode>readValueAsTree());
            }
        }
        if (json.nextToken() != null) {
            throw damaged();
        }
        requireFormat();
        return Manifest.JSON.treeToValue(head, Manifest.class);
    }

    private void each(BlobConsumer consumer) throws IOException {
        requireFormat();
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw damaged();
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            consumer.accept(blob(String.valueOf(json.getValueAsString())));
        }
    }

    private BlobReference blob(String line) {
        String[] words = line.split(" ", 2);
        Optional<Sha256> sha256 = Sha256.parse(words[0]);
        if (sha256.isEmpty() || words.length < 2 || !words[1].matches("\\d{1,18}")) {
            throw damaged();
        }
        return new BlobReference(sha256.get(), Long.parseLong(words[1]));
    }

    /** It stands first: what follows may mean something else in another one. */
    private void requireFormat() {
        int format = head.path("format").asInt();
        if (format != Manifest.FORMAT) {
            throw new StorageException(
                    "%s: is of format %s, this release reads %s".formatted(where, format, Manifest.FORMAT));
        }
    }

    private StorageException damaged() {
        return new StorageException("%s: its %s cannot be read".formatted(where, Manifest.NAME));
    }
}
