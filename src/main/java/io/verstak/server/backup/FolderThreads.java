package io.verstak.server.backup;

import io.verstak.server.error.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that look at the folder of backups. It is often on a network file system, and one that has died answers no call: then these
 * threads wait, and no others. Safe for any thread; futures complete on the caller's context.
 */
final class FolderThreads {
    private static final int THREADS = 2;

    private final WorkerExecutor threads;
    private final int most;
    private final Duration patience;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param most looks that wait or are under way; a further one is refused
     * @param patience how long the caller of a look waits
     */
    FolderThreads(Vertx vertx, int most, Duration patience) {
        this.threads = vertx.createSharedWorkerExecutor("backup-folder", THREADS, 1, TimeUnit.DAYS);
        this.most = most;
        this.patience = patience;
    }

    /**
     * Looks at the folder. Fails with {@code UNAVAILABLE} if too many looks wait, and if this one takes too long: it then keeps its
     * thread until the folder answers.
     */
    <T> Future<T> run(Callable<T> look) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return Message.BACKUP_FOLDER_SILENT.refuse();
        }
        return threads.executeBlocking(look, false)
                .onComplete(done -> open.decrementAndGet())
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> failure instanceof TimeoutException
                        ? Message.BACKUP_FOLDER_SILENT.refuse()
                        : Future.failedFuture(failure));
    }
}
