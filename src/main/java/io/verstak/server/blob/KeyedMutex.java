package io.verstak.server.blob;

import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Serializes work on the same blob, in the order of the calls; work on different blobs runs at the same time. Used on
 * one event loop.
 */
public final class KeyedMutex {
    private final Map<Sha256, Future<?>> last = new HashMap<>();

    /** Runs the work after all earlier work on the blob has ended, however it ended. Returns the work's result. */
    public <T> Future<T> run(Sha256 blob, Supplier<Future<T>> work) {
        Future<?> before = last.getOrDefault(blob, Future.succeededFuture());
        Future<T> turn = before.transform(done -> work.get());
        last.put(blob, turn);
        return turn.onComplete(done -> last.remove(blob, turn));
    }
}
