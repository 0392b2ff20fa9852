package io.verstak.server.ops.backup;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * What a backup holds, but for the blobs: those stand in the same file, one string {@code <sha256> <size>} each, and are too
 * many to be held at once ({@link ManifestWriter}, {@link ManifestReader}). It is written last: a backup without one is none.
 *
 * @param format of the backup; this release reads {@value #FORMAT}
 * @param createdAt when its database was copied, as RFC 3339
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
        Part settings) {
    static final int FORMAT = 1;
    static final String NAME = "manifest.json";
    /** What an import brings along; in a data directory it has the same name. */
    static final String SETTINGS = "verstak-server.json";
    /** The blobs whose bytes the backup holds. */
    static final String BLOBS = "blobs";
    /** The blobs that were damaged when it was made. */
    static final String MISSING = "missing";

    static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** A file: its size in bytes, and the SHA-256 of its bytes. */
    record Part(long size, String sha256) {
        /** There is no such file. */
        static final Part NONE = new Part(0, "");
    }

    Manifest {
        createdAt = orElse(createdAt, "");
        serverVersion = orElse(serverVersion, "");
        database = orElse(database, Part.NONE);
        secretKey = orElse(secretKey, Part.NONE);
        settings = orElse(settings, Part.NONE);
    }

    /** A file may leave out what the type promises. */
    private static <T> T orElse(@Nullable T value, T other) {
        return value == null ? other : value;
    }
}
