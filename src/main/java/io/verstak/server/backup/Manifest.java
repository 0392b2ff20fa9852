package io.verstak.server.backup;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * The content of a backup except its blobs, which are in the same file as one string {@code <sha256> <size>} each and
 * too many to keep in memory ({@link ManifestWriter}, {@link ManifestReader}). It is written last: a folder without it
 * is not a backup.
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
    /** The configuration of an import; it has the same name in a data directory. */
    static final String SETTINGS = "verstak-server.json";
    /** Returns the number of blobs whose bytes the backup holds. */
    static final String BLOBS = "blobs";
    /** Returns the blobs that were damaged when the backup was made. */
    static final String MISSING = "missing";

    static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** A file: its size in bytes and its SHA-256. */
    record Part(long size, String sha256) {
        /** Marks a missing file. */
        static final Part NONE = new Part(0, "");
    }

    Manifest {
        createdAt = orElse(createdAt, "");
        serverVersion = orElse(serverVersion, "");
        database = orElse(database, Part.NONE);
        secretKey = orElse(secretKey, Part.NONE);
        settings = orElse(settings, Part.NONE);
    }

    /** A manifest may omit what the type requires. */
    private static <T> T orElse(@Nullable T value, T other) {
        return value == null ? other : value;
    }
}
