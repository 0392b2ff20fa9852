package io.verstak.server.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the op logs: one writer thread behind a {@link CommitQueue}, and a few threads that read pages. Requests come from any
 * context and are answered there.
 */
public final class SyncLogVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(SyncLogVerticle.class);
    private static final int MAX_WAITING_READS = 4096;
    private static final int EXPORT_PIECE_BYTES = 256 << 10;

    /** The memory that answers may hold until their clients have read them. */
    private static final long ANSWER_BYTES = 48L << 20;

    private final Bus bus;
    private final Database database;
    private final OpLog.Opener opener;
    private final Supplier<ServerConfig> config;
    private final Clock clock;
    private final HeadNotifier watch;
    private final Runnable onFatal;
    private final CommitQueue queue = new CommitQueue();
    private final CommitMeters meters;
    private final AnswerBudget answers = new AnswerBudget(ANSWER_BYTES);
    private OpLog log;
    private LogWriter writer;
    private WorkerExecutor readers;
    private final AtomicInteger reading = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // made in start(), before anything is served
    public SyncLogVerticle(
            Bus bus,
            Database database,
            OpLog.Opener opener,
            Supplier<ServerConfig> config,
            MeterRegistry registry,
            Clock clock,
            HeadNotifier watch,
            Runnable onFatal) {
        this.bus = bus;
        this.database = database;
        this.opener = opener;
        this.config = config;
        this.meters = new CommitMeters(registry, queue);
        this.clock = clock;
        this.watch = watch;
        this.onFatal = onFatal;
    }

    @Override
    public Future<?> start() {
        int threads = config.get().storage().readers();
        readers = vertx.createSharedWorkerExecutor("sync-log-reader", threads);
        return vertx.executeBlocking(() -> opener.open(
                        threads,
                        clock,
                        Duration.ofHours(config.get().retention().idempotencyHours())))
                .map(opened -> {
                    log = opened;
                    writer = new LogWriter(log, queue, watch, meters, onFatal);
                    writer.start();
                    bus.serveAnywhere(BusSyncLog.PUSH, this::push);
                    bus.serveAnywhere(BusSyncLog.PULL, this::pull);
                    bus.serveAnywhere(BusSyncLog.LINES, this::lines);
                    return opened;
                });
    }

    @Override
    public Future<?> stop() {
        List.of(BusSyncLog.PUSH, BusSyncLog.PULL, BusSyncLog.LINES).forEach(bus::withdraw);
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

    private Future<LogAnswer> push(Push push) {
        // Before the queue: a group that fails is tried push by push.
        database.requireSound();
        Promise<Buffer> answer = promise();
        queue.offer(new LogWork.Append(push, answer));
        return answer.future().map(json -> {
            AnswerBudget.Share share = answers.take(push.device().scope().userId(), json.length());
            if (share.bytes() < json.length()) {
                share.close();
                // The push is stored; the client's retry is answered once it has read the answers before it.
                throw new ServerException(ErrorCode.UNAVAILABLE);
            }
            return new LogAnswer(json, 0, false, share);
        });
    }

    private Future<LogPiece> lines(BusSyncLog.Lines lines) {
        return reading(() -> log.lines(lines.scope().id(), lines.cursor(), EXPORT_PIECE_BYTES))
                .map(piece -> new LogPiece(piece.json(), piece.ops(), piece.last(), piece.head()));
    }

    private Future<LogAnswer> pull(BusSyncLog.Pull pull) {
        return reading(() -> read(pull))
                .compose(done -> done.page().beyond()
                        ? skip(pull.device(), pull.cursor()).map(done)
                        : Future.succeededFuture(done))
                .map(done -> new LogAnswer(
                        done.page().json(), done.page().head(), done.page().complete(), done.share()));
    }

    /** Reads on a reader thread; completes on the caller's context. */
    private <T> Future<T> reading(Callable<T> read) {
        if (reading.incrementAndGet() > MAX_WAITING_READS) {
            reading.decrementAndGet();
            return Future.failedFuture(new ServerException(ErrorCode.UNAVAILABLE));
        }
        return readers.executeBlocking(read, false).onComplete(done -> reading.decrementAndGet());
    }

    /** A page with the share of memory that it takes. */
    private record Read(LogPage page, AnswerBudget.Share share) {}

    /** Runs on a reader thread. Memory is reserved only here, so that queued pulls hold none. */
    private Read read(BusSyncLog.Pull pull) {
        AnswerBudget.Share share = answers.take(
                pull.device().scope().userId(), config.get().limits().maxPullBytes());
        try {
            if (share.bytes() == 0) {
                throw new ServerException(ErrorCode.UNAVAILABLE);
            }
            LogPage page = log.read(pull.device(), pull.cursor(), pull.maxOps(), (int) share.bytes());
            share.settle(page.json().length());
            return new Read(page, share);
        } catch (RuntimeException failure) {
            share.close();
            throw failure;
        }
    }

    /** A full disk or queue must not fail a pull: the device's next pull asks again, and no op is numbered until then. */
    private Future<Boolean> skip(DeviceIdentity device, long cursor) {
        if (database.isDamaged()) {
            return Future.succeededFuture(false);
        }
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
        return ((ContextInternal) vertx.getOrCreateContext()).promise();
    }
}
