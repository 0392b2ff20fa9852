package io.verstak.server.metrics;

import io.verstak.server.backup.LastBackup;
import io.verstak.server.metrics.Statistics.Disk;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the data directory takes and how much room is left. A figure that cannot be determined is null, and logged once until it can. */
final class DataUsage {
    private static final Logger LOG = LoggerFactory.getLogger(DataUsage.class);

    private final Database database;
    private final DataDirectory directory;
    private final Clock clock;
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();

    DataUsage(Database database, DataDirectory directory, Clock clock) {
        this.database = database;
        this.directory = directory;
        this.clock = clock;
    }

    /** Returns what could be had. Blocks, and never fails. */
    Disk look() {
        // Not by Files.getFileStore: it reads the table of mounts, which a service may not see.
        File disk = directory.temp().toFile();
        return new Disk(
                figure("the size of the database", database::bytes),
                figure("the number of uploads", this::uploads),
                figure("the free space", () -> disk.getTotalSpace() == 0 ? null : disk.getUsableSpace()),
                figure("the size of the disk", () -> disk.getTotalSpace() == 0 ? null : disk.getTotalSpace()),
                figure(
                        "the time of the last backup",
                        () -> LastBackup.of(directory, clock.instant())
                                .map(Instant::toEpochMilli)
                                .orElse(null)));
    }

    /** A figure of a file system that may not give it. */
    private interface Figure {
        @Nullable
        Long read() throws IOException;
    }

    private @Nullable Long figure(String name, Figure figure) {
        try {
            @Nullable Long found = figure.read();
            unknown.remove(name);
            return found;
        } catch (IOException | UncheckedIOException failure) {
            if (unknown.add(name)) {
                LOG.warn("{} cannot be determined: {}", name, failure.getMessage());
            }
            return null;
        }
    }

    private long uploads() throws IOException {
        try (Stream<Path> files = Files.list(directory.temp())) {
            return files.filter(DataUsage::isUpload).count();
        }
    }

    /** Not the file with which the health check tries the folder. */
    private static boolean isUpload(Path file) {
        return !String.valueOf(file.getFileName()).startsWith("upload-probe");
    }
}
