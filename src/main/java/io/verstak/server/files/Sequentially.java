package io.verstak.server.files;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Does one thing after the other. Futures that are composed in a recursion, or in a long chain, complete one inside the other: a path of
 * two thousand names, or a page of a thousand rows, would take more than the stack of a thread holds.
 */
public final class Sequentially {
    private Sequentially() {}

    /** Completes after the step for each of the items, in their order. Fails with the first step that fails. */
    public static <T> Future<Void> forEach(Iterable<T> items, Function<T, Future<?>> step) {
        return until(items.iterator(), left -> !left.hasNext(), left -> next(left, step))
                .mapEmpty();
    }

    private static <T> Future<Iterator<T>> next(Iterator<T> left, Function<T, Future<?>> step) {
        return step.apply(left.next()).map(done -> left);
    }

    /** Goes from a state to the next one, up to the end; returns that. Fails with the first step that fails. */
    public static <S> Future<S> until(S first, Predicate<S> end, Function<S, Future<S>> step) {
        Promise<S> done = Promise.promise();
        go(first, end, step, done);
        return done.future();
    }

    private static <S> void go(S from, Predicate<S> end, Function<S, Future<S>> step, Promise<S> done) {
        S state = from;
        while (!end.test(state)) {
            Future<S> next = started(state, step);
            if (!next.succeeded()) {
                next.onSuccess(reached -> go(reached, end, step, done)).onFailure(done::tryFail);
                return;
            }
            state = next.result();
        }
        done.complete(state);
    }

    /** What a step throws is its failure. */
    private static <S> Future<S> started(S state, Function<S, Future<S>> step) {
        return Future.succeededFuture(state).compose(step);
    }
}
