package io.verstak.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.backup.BackupSchedule;
import io.verstak.server.backup.LastBackup;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gauges of the room on disks, and of the backups. The folder of the backups, often a network mount, is looked at apart. */
final class DiskFigures {
    private static final Logger LOG = LoggerFactory.getLogger(DiskFigures.class);

    private final DataDirectory directory;
    private final boolean madeElsewhere;
    private final LatestFigures<Data> data;
    private final Optional<LatestFigures<Room>> backups;

    private record Room(double free, double total) {
        static final Room UNKNOWN = new Room(Double.NaN, Double.NaN);

        /** Not by a FileStore, which reads the table of mounts: a service may not see it. */
        static Room of(Path folder) {
            double total = folder.toFile().getTotalSpace();
            return total > 0 ? new Room(folder.toFile().getUsableSpace(), total) : UNKNOWN;
        }
    }

    /** @param lastBackup in seconds since the epoch; 0: there is none; NaN: the server does not make them */
    private record Data(Room room, double lastBackup) {
        static final Data UNKNOWN = new Data(Room.UNKNOWN, Double.NaN);
    }

    /** @param madeElsewhere whether backups are those of a database server, which nobody here knows of */
    DiskFigures(
            Vertx vertx,
            DataDirectory directory,
            boolean madeElsewhere,
            BackupSchedule schedule,
            MeterRegistry registry) {
        this.directory = directory;
        this.madeElsewhere = madeElsewhere;
        data = new LatestFigures<>("the data directory", Data.UNKNOWN, () -> vertx.executeBlocking(this::look, false));
        backups = schedule.folder()
                .map(folder -> new LatestFigures<>(
                        "the folder of backups", Room.UNKNOWN, () -> schedule.atFolder(() -> Room.of(folder))));
        room(registry, "data", data, Data::room);
        backups.ifPresent(folder -> room(registry, "backup", folder, room -> room));
        Gauge.builder(
                        "verstak.backup.last.success.timestamp.seconds",
                        data,
                        figures -> figures.get().lastBackup())
                .description("When the last good backup was made, by the schedule or by hand; 0: there is none")
                .register(registry);
        FunctionCounter.builder("verstak.backup.failures", schedule, BackupSchedule::failures)
                .description("Scheduled backups that failed, since the start")
                .register(registry);
    }

    private interface RoomOf<T> {
        Room of(T figures);
    }

    private static <T> void room(MeterRegistry registry, String folder, LatestFigures<T> latest, RoomOf<T> room) {
        gauge(
                registry,
                "verstak.disk.free.bytes",
                "Room that is left for files",
                folder,
                latest,
                figures -> room.of(figures.get()).free());
        gauge(
                registry,
                "verstak.disk.size.bytes",
                "Room that the disk has in all",
                folder,
                latest,
                figures -> room.of(figures.get()).total());
    }

    private static <T> void gauge(
            MeterRegistry registry,
            String name,
            String description,
            String folder,
            LatestFigures<T> latest,
            ToDoubleFunction<LatestFigures<T>> figure) {
        Gauge.builder(name, latest, figure)
                .description(description)
                .tag("folder", folder)
                .register(registry);
    }

    /** Looks again at what is stale. Never fails. */
    Future<Void> refresh() {
        Future<Void> folder = backups.map(LatestFigures::refresh).orElseGet(Future::succeededFuture);
        return Future.join(data.refresh(), folder).mapEmpty();
    }

    private Data look() {
        return new Data(Room.of(directory.root()), lastBackup());
    }

    /** A note that cannot be read counts as missing, so that an alert for backups fires. */
    private double lastBackup() {
        if (madeElsewhere) {
            return Double.NaN;
        }
        try {
            return LastBackup.of(directory, Instant.now())
                    .map(Instant::getEpochSecond)
                    .orElse(0L);
        } catch (IOException e) {
            LOG.warn("cannot read the time of the last backup: {}", FailureReason.of(e));
            return 0;
        }
    }
}
