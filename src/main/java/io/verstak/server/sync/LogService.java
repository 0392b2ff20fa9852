package io.verstak.server.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the op logs. Checks and encodes a push on its caller's context, commits it by the writer threads behind a
 * {@link CommitQueue}, and reads pages on a few threads. Calls come from any context and are answered there; it is a verticle only to
 * be started and stopped.
 */
public final class LogService extends VerticleBase implements SyncLog, HeadSource {
    private static final Logger LOG = LoggerFactory.getLogger(LogService.class);
    private static final int MAX_WAITING_READS = 4096;
    private static final int EXPORT_CHUNK_BYTES = 256 << 10;

    /** A larger body takes long enough to encode that other requests on the event loop would wait. */
    private static final int LARGE_BODY_BYTES = 256 << 10;

    /** The memory that answers may hold until their clients have read them. */
    private static final long ANSWER_BYTES = 48L << 20;

    /** A page is not worth reading for less, unless the limit of pages is smaller. */
    private static final long SMALLEST_PAGE_BYTES = 64 << 10;

    private final Bus bus;
    private final Database database;
    private final OpLog.Opener opener;
    private final Supplier<ServerConfig> config;
    private final Clock clock;
    private final Runnable onFatal;
    private final PushEncoder encoder;
    private final List<HeadListener> listeners = new CopyOnWriteArrayList<>();
    private final MeterRegistry registry;
    private final FairPool<String> answers = FairPool.of(ANSWER_BYTES, ANSWER_BYTES / 2);
    private OpLog log;
    private CommitQueue queue;
    private final List<LogWriter> writers = new ArrayList<>();
    private WorkerExecutor readers;
    private final AtomicInteger reading = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // made in start(), before anything is served
    public LogService(
            Bus bus,
            Database database,
            OpLog.Opener opener,
            Supplier<ServerConfig> config,
            MeterRegistry registry,
            Clock clock,
            Runnable onFatal) {
        this.bus = bus;
        this.database = database;
        this.opener = opener;
        this.config = config;
        this.registry = registry;
        this.clock = clock;
        this.onFatal = onFatal;
        this.encoder = new PushEncoder(() -> config.get().limits());
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
                    queue = new CommitQueue(log.lanes());
                    CommitMeters meters = new CommitMeters(registry, queue);
                    for (int lane = 0; lane < queue.lanes(); lane++) {
                        writers.add(new LogWriter(log, queue, lane, this::moved, meters, onFatal));
                    }
                    writers.forEach(LogWriter::start);
                    bus.serveAnywhere(SyncLog.class, this);
                    return opened;
                });
    }

    @Override
    public Future<?> stop() {
        bus.withdraw(SyncLog.class);
        if (writers.isEmpty()) {
            return readers.close();
        }
        queue.close();
        return vertx.executeBlocking(() -> {
                    for (LogWriter writer : writers) {
                        writer.join();
                    }
                    return null;
                })
                .compose(done -> readers.close())
                .compose(done -> vertx.executeBlocking(() -> {
                    log.close();
                    return null;
                }));
    }

    /** Reports the commits of this process, which are all that there are. */
    @Override
    public void listen(HeadListener listener) {
        listeners.add(listener);
    }

    private void moved(long scopeId, long head) {
        for (HeadListener listener : listeners) {
            listener.moved(scopeId, head);
        }
    }

    @Override
    public Future<LogAnswer> push(DeviceIdentity device, PushRequest request, Buffer body) {
        return body.length() <= LARGE_BODY_BYTES
                ? commit(encoder.encode(device, request, body))
                : vertx.executeBlocking(() -> encoder.encode(device, request, body), false)
                        .compose(this::commit);
    }

    @Override
    public Future<LogAnswer> pushAt(DeviceIdentity device, PushRequest request, long head) {
        return vertx.executeBlocking(() -> encoder.encode(device, request, Buffer.buffer()), false)
                .compose(push -> commit(push.at(head)));
    }

    private Future<LogAnswer> commit(Push push) {
        // Before the queue: a group that fails is tried push by push.
        database.requireSound();
        Promise<Buffer> answer = promise();
        queue.offer(new LogWork.Append(push, answer));
        return answer.future().map(json -> {
            // When refused, the push is stored; the client's retry is answered once it has read the answers before it.
            Lease share = answers.leaseUpTo(push.device().userId(), json.length(), json.length())
                    .orElseThrow(() -> new ServerException(ErrorCode.UNAVAILABLE));
            return new LogAnswer(json, 0, false, share);
        });
    }

    @Override
    public Future<ExportChunk> lines(Scope scope, long cursor) {
        return reading(() -> log.lines(scope.id(), cursor, EXPORT_CHUNK_BYTES));
    }

    @Override
    public Future<ExportChunk> line(Scope scope, long cursor) {
        return reading(() -> log.lines(scope.id(), cursor, 1));
    }

    @Override
    public Future<LogAnswer> pull(DeviceIdentity device, PullRequest request) {
        if (request.sinceSequence() < 0 || request.pageLimit() < 0) {
            throw new ServerException(ErrorCode.INVALID_REQUEST, "since_sequence and page_limit are not negative.");
        }
        int maxPage = config.get().limits().maxPullPage();
        int maxOps = request.pageLimit() == 0 ? maxPage : (int) Math.min(request.pageLimit(), maxPage);
        return pull(device, request.sinceSequence(), maxOps);
    }

    /** An empty page says the head, too. */
    @Override
    public Future<Long> head(DeviceIdentity device) {
        return pull(device, Long.MAX_VALUE, 1).map(page -> {
            page.close();
            return page.head();
        });
    }

    private Future<LogAnswer> pull(DeviceIdentity device, long cursor, int maxOps) {
        return reading(() -> read(device, cursor, maxOps))
                .compose(done -> done.page().beyond() ? skip(device, cursor).map(done) : Future.succeededFuture(done))
                .map(done -> new LogAnswer(
                        done.page().json(), done.page().head(), done.page().complete(), done.share()));
    }

    /** Reads on a reader thread; completes on the caller's context. */
    private <T> Future<T> reading(Callable<T> read) {
        if (reading.incrementAndGet() > MAX_WAITING_READS) {
            reading.decrementAndGet();
            return ErrorCode.UNAVAILABLE.refuse();
        }
        return readers.executeBlocking(read, false).onComplete(done -> reading.decrementAndGet());
    }

    /** A page with the share of memory that it takes. */
    private record Read(LogPage page, Lease share) {}

    /** Runs on a reader thread. Memory is reserved only here, so that queued pulls hold none. */
    private Read read(DeviceIdentity device, long cursor, int maxOps) {
        long most = config.get().limits().maxPullBytes();
        Lease share = answers.leaseUpTo(device.userId(), Math.min(SMALLEST_PAGE_BYTES, most), most)
                .orElseThrow(() -> new ServerException(ErrorCode.UNAVAILABLE));
        try {
            LogPage page = log.read(device, cursor, maxOps, (int) share.amount());
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
