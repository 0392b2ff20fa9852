package io.verstak.server.config;

/**
 * Where and how data is kept.
 *
 * @param dataDir the data directory, made if it is missing; relative to the working directory
 * @param readers database connections that serve pulls and look-ups, besides the one that writes
 * @param maxUploads uploads that stream to disk at once; one more is answered with 503
 * @param scrub how blobs are read again, to find what the disk has lost
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
     * @param percentPerDay share of the blobs that is read in a day; 0: none
     * @param bytesPerSecond at most
     */
    public record Scrub(
            @Range(min = 0, max = 100) int percentPerDay,
            @Range(min = 65536, max = 1099511627776L) long bytesPerSecond) {}

    /**
     * @param directory a folder of backups, best on another disk; empty: none are made
     * @param everyHours between two backups
     * @param keep so many of the newest
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
