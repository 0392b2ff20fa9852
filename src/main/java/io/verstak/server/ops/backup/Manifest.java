package io.verstak.server.ops.backup;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.util.List;

/**
 * What a backup holds. It is written last: a backup without one is none.
 *
 * @param format of the backup; this release reads {@value #FORMAT}
 * @param createdAt when its database was copied, as RFC 3339
 * @param blobs whose bytes it holds, as {@code <sha256> <size>}
 * @param missing blobs that were damaged when it was made, in the same form
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Manifest(
        int format,
        String createdAt,
        String serverVersion,
        int schemaVersion,
        long operations,
        Part database,
        Part secretKey,
        Part settings,
        List<String> blobs,
        List<String> missing) {
    static final int FORMAT = 1;
    static final String NAME = "manifest.json";
    /** What an import brings along; in a data directory it has the same name. */
    static final String SETTINGS = "verstak-server.json";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** A file: its size in bytes, and the SHA-256 of its bytes. */
    record Part(long size, String sha256) {
        /** There is no such file. */
        static final Part NONE = new Part(0, "");
    }

    byte[] json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        } catch (IOException e) {
            throw new LinkageError("every manifest is JSON", e);
        }
    }

    /** @throws StorageException when it is damaged, or of a newer release */
    static Manifest parse(byte[] json, Object where) {
        Manifest manifest;
        try {
            manifest = JSON.readValue(json, Manifest.class);
        } catch (IOException e) {
            throw new StorageException("%s: its %s cannot be read".formatted(where, NAME), e);
        }
        if (manifest.format() != FORMAT) {
            throw new StorageException(
                    "%s: is of format %d, this release reads %d".formatted(where, manifest.format(), FORMAT));
        }
        return manifest;
    }
}
