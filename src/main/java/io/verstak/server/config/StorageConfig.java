package io.verstak.server.config;

import io.verstak.server.config.annotation.Range;

/**
 * Storage settings.
 *
 * @param dataDir the data directory, created if missing; a relative path is resolved against the working directory
 * @param readers database connections that serve pulls and look-ups, besides the one that writes
 * @param maxUploads the number of concurrent uploads; a further one is answered with 503
 * @param scrub the scrub, which rereads blobs to detect corruption
 * @param backup the schedule of backups and their folder
 */
public record StorageConfig(
        String dataDir,
        @Range(min = 1, max = 64) int readers,
        @Range(min = 1, max = 10000) int maxUploads,
        Scrub scrub,
        Backup backup) {

    static final StorageConfig DEFAULT =
            new StorageConfig("verstak-data", 2, 256, new Scrub(1, 10 << 20), new Backup("", 24, 7));

    /**
     * @param percentPerDay the percentage of blobs read per day; 0 disables the scrub
     * @param bytesPerSecond the scrub's maximum read rate
     */
    public record Scrub(
            @Range(min = 0, max = 100) int percentPerDay,
            @Range(min = 65536, max = 1099511627776L) long bytesPerSecond) {}

    /**
     * @param directory a folder of backups, best on another disk; empty: none are made
     * @param everyHours hours between two backups
     * @param keep the number of newest backups to keep
     */
    public record Backup(
            String directory,
            @Range(min = 1, max = 8760) int everyHours,
            @Range(min = 1, max = 10000) int keep) {

        public Backup {
            if (!directory.isEmpty()) {
                ConfigPath.of("storage.backup.directory", directory);
            }
        }
    }

    public StorageConfig {
        ConfigPath.of("storage.dataDir", dataDir);
    }
}
