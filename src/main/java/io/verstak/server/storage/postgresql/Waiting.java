package io.verstak.server.storage.postgresql;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for answers on the threads of the op log, which may block. */
final class Waiting {
    private Waiting() {}

    /** Waits until a future has ended. Returns whether it has succeeded: false, too, if it has not ended in time. */
    static boolean settle(Future<?> future, long nanos) {
        CountDownLatch ended = new CountDownLatch(1);
        future.onComplete(done -> ended.countDown());
        try {
            return ended.await(nanos, TimeUnit.NANOSECONDS) && future.succeeded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns the result of a future, or fails with what it has failed with; {@code UNAVAILABLE} if it has not ended in time. */
    static <T> T result(Future<T> future, long nanos) {
        if (settle(future, nanos)) {
            return future.result();
        }
        throw future.cause() instanceof RuntimeException failure ? failure : new ServerException(ErrorCode.UNAVAILABLE);
    }
}
