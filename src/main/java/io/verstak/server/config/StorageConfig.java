package io.verstak.server.config;

/**
 * Where and how data is kept.
 *
 * @param dataDir the data directory, made if it is missing; relative to the working directory
 * @param readers database connections that serve pulls and look-ups, besides the one that writes
 * @param maxUploads uploads that stream to disk at once; one more is answered with 503
 */
public record StorageConfig(
        String dataDir,
        @Range(min = 1, max = 64) int readers,
        @Range(min = 1, max = 10000) int maxUploads) {

    static final StorageConfig DEFAULT = new StorageConfig("verstak-data", 2, 256);

    public StorageConfig {
        if (dataDir.isBlank()) {
            throw ConfigException.notAllowed("storage.dataDir", "\"\"", "the path of a directory");
        }
    }
}
