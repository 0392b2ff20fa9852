package io.verstak.server.http.export;

import io.verstak.server.domain.FairPool;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.function.Supplier;

/** How many downloads of one kind are under way, in all and of one user. */
final class ExportSlots {
    private static final int THREADS = 2;
    private static final int MAX_AT_ONCE = 16;
    private static final int MAX_PER_USER = 2;
    private static final int RETRY_SECONDS = 30;

    private final WorkerExecutor worker;
    private final FairPool<String> slots = FairPool.of(MAX_AT_ONCE, MAX_PER_USER);

    ExportSlots(Vertx vertx) {
        worker = vertx.createSharedWorkerExecutor("export", THREADS);
    }

    /** Returns the threads on which archives are packed. */
    WorkerExecutor worker() {
        return worker;
    }

    /** Sends a download. Fails with {@code UNAVAILABLE} if there are too many. */
    Future<Void> send(String userId, Supplier<Future<Void>> download) {
        return slots.lease(userId, 1)
                .map(slot -> download.get().onComplete(sent -> slot.close()))
                .orElseGet(() -> Future.failedFuture(ServerException.retryAfter(ErrorCode.UNAVAILABLE, RETRY_SECONDS)));
    }
}
