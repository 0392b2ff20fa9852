package io.verstak.server.backup;

import io.verstak.server.domain.Actor;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.sqlite.NativeLibraries;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends backups to administrators. A permission is for one session and one backup, for a minute, and for one download: what has broken off
 * begins again with another one. A few downloads run at once, on threads of their own, so that slow ones hold up nothing else. Safe for
 * any thread; futures complete on the caller's context.
 */
final class BackupDownloads {
    static final int AT_ONCE = 4;
    static final int PER_ADMINISTRATOR = 2;

    private static final Logger LOG = LoggerFactory.getLogger(BackupDownloads.class);
    private static final Duration LIFE = Duration.ofMinutes(1);
    private static final int PATIENCE_DAYS = 30;

    private final WorkerExecutor threads;
    private final BooleanSupplier goOn;
    private final Clock clock;
    private final FairPool<String> places = FairPool.of(AT_ONCE, PER_ADMINISTRATOR);
    private final Map<String, Permission> permissions = new HashMap<>();

    /** @param until in milliseconds since the epoch */
    private record Permission(String name, long until) {}

    /** @param goOn asked before each file; false breaks the downloads off */
    BackupDownloads(Vertx vertx, BooleanSupplier goOn, Clock clock) {
        this.threads = vertx.createSharedWorkerExecutor("backup-download", AT_ONCE, PATIENCE_DAYS, TimeUnit.DAYS);
        this.goOn = goOn;
        this.clock = clock;
    }

    /** Lets a session begin one download of this backup within a minute. An earlier permission of the session ends. */
    synchronized void allow(SessionIdentity session, String name) {
        long now = clock.millis();
        permissions.values().removeIf(permission -> permission.until() <= now);
        permissions.put(session.tokenHash(), new Permission(name, now + LIFE.toMillis()));
    }

    /**
     * Takes a place for a download that the session may begin; its permission stays until {@link #redeem}. Fails with {@code GONE}
     * without a permission, and with {@code UNAVAILABLE} while others download.
     */
    Future<Lease> place(Actor actor, SessionIdentity session, String name) {
        if (!isAllowed(session, name)) {
            return Message.BACKUP_DOWNLOAD_OVER.refuse();
        }
        Optional<Lease> place = places.lease(actor.name(), 1);
        return place.isPresent() ? Future.succeededFuture(place.get()) : Message.BACKUP_DOWNLOADS_BUSY.refuse();
    }

    private synchronized boolean isAllowed(SessionIdentity session, String name) {
        Permission permission = permissions.get(session.tokenHash());
        return permission != null && permission.name().equals(name) && permission.until() > clock.millis();
    }

    /** Uses up the permission. Fails with {@code GONE} if another request has done so. */
    synchronized void redeem(SessionIdentity session, String name) {
        if (!isAllowed(session, name)) {
            throw new ServerException(Message.BACKUP_DOWNLOAD_OVER);
        }
        permissions.remove(session.tokenHash());
    }

    /**
     * Writes a backup as one {@code .tar.zst}, and closes the stream. A failure is logged. Fails with {@code BLOB_UNAVAILABLE} when the backup
     * cannot be read or the client has gone away, and with {@code NOT_FOUND} when the backup has been deleted.
     */
    Future<Void> send(Actor actor, Path backup, OutputStream out) {
        return threads.<Void>executeBlocking(
                        () -> {
                            NativeLibraries.loadZstd(backup);
                            BackupTar.write(backup, out, goOn);
                            return null;
                        },
                        false)
                .recover(failure -> brokenOff(actor, backup, failure));
    }

    private Future<Void> brokenOff(Actor actor, Path backup, Throwable failure) {
        return threads.executeBlocking(() -> BackupFolder.isBackup(backup), false)
                .otherwise(true)
                .compose(present -> {
                    LOG.warn(
                            "the download of the backup {} by {} broke off: {}{}",
                            backup.getFileName(),
                            actor.name(),
                            FailureReason.withFile(failure),
                            present ? "" : "; the backup was deleted meanwhile");
                    return present ? Message.BACKUP_UNREADABLE.refuse() : ErrorCode.NOT_FOUND.refuse();
                });
    }
}
