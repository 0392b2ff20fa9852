package io.verstak.server.ops;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the server is fit to serve: its database answers and its blob folder can be written. The answer is kept for a
 * few seconds, so that who asks often causes no I/O.
 */
public final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final long KEPT_MILLIS = TimeUnit.SECONDS.toMillis(3);

    private final Vertx vertx;
    private final Database database;
    private final DataDirectory directory;
    private final Clock clock;
    private final BuildInfo build = BuildInfo.load();
    private final long startedAt;
    private final AtomicReference<@Nullable Probe> latest = new AtomicReference<>();

    /** What was found. */
    public record Report(
            String version,
            String commit,
            long uptimeSeconds,
            boolean databaseReachable,
            boolean blobStorageWritable,
            int schemaVersion) {}

    private record Probe(long at, Future<boolean[]> result) {}

    public Health(Vertx vertx, Database database, DataDirectory directory, Clock clock) {
        this.vertx = vertx;
        this.database = database;
        this.directory = directory;
        this.clock = clock;
        this.startedAt = clock.millis();
    }

    public Future<Report> report() {
        return probe().map(found -> new Report(
                build.version(),
                build.commit(),
                TimeUnit.MILLISECONDS.toSeconds(clock.millis() - startedAt),
                found[0],
                found[1],
                database.schemaVersion()));
    }

    private Future<boolean[]> probe() {
        long now = clock.millis();
        Probe kept = latest.get();
        if (kept != null && Math.abs(now - kept.at()) < KEPT_MILLIS) {
            return kept.result();
        }
        Future<boolean[]> result = Future.all(
                        database.reachable(), vertx.executeBlocking(() -> writable(directory.temp()), false))
                .map(both -> new boolean[] {both.resultAt(0), both.resultAt(1)});
        latest.set(new Probe(now, result));
        return result;
    }

    private static boolean writable(Path folder) {
        try {
            Path file = Files.createTempFile(folder, "upload-probe", null, DataDirectory.filePermissions());
            try {
                Files.write(file, new byte[] {1});
            } finally {
                Files.delete(file);
            }
            return true;
        } catch (IOException e) {
            LOG.warn("the blob folder cannot be written: {}", e.toString());
            return false;
        }
    }
}
