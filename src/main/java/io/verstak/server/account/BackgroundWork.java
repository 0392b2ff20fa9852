package io.verstak.server.account;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work done after an answer, so that the answer's timing reveals nothing about it. Bounded, and finished before the
 * server stops. Used by one context.
 */
final class BackgroundWork {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);
    private static final int MAX_PENDING = 1000;

    private final Set<Future<?>> pending = new HashSet<>();

    /** Starts work without waiting for it. Throws {@code UNAVAILABLE} when too much is in progress. */
    void begin(Supplier<Future<?>> work) {
        if (pending.size() >= MAX_PENDING) {
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
        Future<?> begun = work.get();
        pending.add(begun);
        begun.onFailure(failure -> LOG.warn("work after an answer failed: {}", failure.getMessage()))
                .onComplete(done -> pending.remove(begun));
    }

    /** Completes when all started work is done. */
    Future<Void> finished() {
        return Future.join(new ArrayList<>(pending)).transform(done -> Future.succeededFuture());
    }
}
