package io.verstak.server.sync;

import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.LogPage;
import io.verstak.server.storage.OpLog;
import io.verstak.server.storage.Push;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns the op logs: one writer thread behind a {@link CommitQueue}, and a few threads that read pages. */
public final class SyncLogVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(SyncLogVerticle.class);
    private static final int MAX_WAITING_READS = 4096;

    private final Bus bus;
    private final Database database;
    private final ServerConfig config;
    private final Clock clock;
    private final CommitQueue queue = new CommitQueue();
    private OpLog log;
    private LogWriter writer;
    private WorkerExecutor readers;
    private int reading;

    @SuppressWarnings("NullAway.Init") // made in start(), before anything is served
    public SyncLogVerticle(Bus bus, Database database, ServerConfig config, Clock clock) {
        this.bus = bus;
        this.database = database;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        int threads = config.storage().readers();
        readers = vertx.createSharedWorkerExecutor("sync-log-reader", threads);
        return vertx.executeBlocking(() -> database.openLog(
                        threads, clock, Duration.ofHours(config.retention().idempotencyHours())))
                .compose(opened -> {
                    log = opened;
                    writer = new LogWriter(log, queue);
                    writer.start();
                    return Future.all(bus.serve(BusSyncLog.PUSH, this::push), bus.serve(BusSyncLog.PULL, this::pull));
                });
    }

    @Override
    public Future<?> stop() {
        queue.close();
        if (writer == null) {
            return readers.close();
        }
        return vertx.executeBlocking(() -> {
                    writer.join();
                    return null;
                })
                .compose(done -> readers.close())
                .compose(done -> vertx.executeBlocking(() -> {
                    log.close();
                    return null;
                }));
    }

    private Future<Buffer> push(Push push) {
        Promise<Buffer> answer = promise();
        queue.offer(new LogWork.Append(push, answer));
        return answer.future();
    }

    private Future<Buffer> pull(BusSyncLog.Pull pull) {
        if (reading >= MAX_WAITING_READS) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAVAILABLE));
        }
        reading++;
        Callable<LogPage> read = () -> log.read(
                pull.device(), pull.cursor(), pull.maxOps(), config.limits().maxPullBytes());
        return readers.executeBlocking(read, false)
                .onComplete(done -> reading--)
                .compose(page ->
                        page.beyond() ? skip(pull.device(), pull.cursor()).map(page) : Future.succeededFuture(page))
                .map(LogPage::json);
    }

    /** A full disk or queue must not stop a pull: the device asks again with its next one, and until then nothing is numbered. */
    private Future<Boolean> skip(DeviceIdentity device, long cursor) {
        Promise<Boolean> answer = promise();
        try {
            queue.offer(new LogWork.Skip(device, cursor, answer));
        } catch (ServerException full) {
            answer.fail(full);
        }
        return answer.future().recover(failure -> {
            LOG.warn("{}: a cursor above the head could not be noted: {}", device.deviceId(), failure.getMessage());
            return Future.succeededFuture(false);
        });
    }

    private <T> Promise<T> promise() {
        return ((ContextInternal) context).promise();
    }
}
