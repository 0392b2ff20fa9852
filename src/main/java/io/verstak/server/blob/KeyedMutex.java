package io.verstak.server.blob;

import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Serializes work on the same blob. Used on one event loop. */
public final class KeyedMutex {
    private final Map<Sha256, Future<?>> last = new HashMap<>();

    public <T> Future<T> run(Sha256 blob, Supplier<Future<T>> work) {
        Future<?> before = last.getOrDefault(blob, Future.succeededFuture());
        Future<T> turn = before.transform(done -> work.get());
        last.put(blob, turn);
        return turn.onComplete(done -> last.remove(blob, turn));
    }
}
