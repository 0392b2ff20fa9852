package io.verstak.server.http.server;

import io.verstak.server.http.core.Request;
import io.vertx.core.Future;

/**
 * A method that answers a call with a body.
 *
 * @param <I> the caller's type
 * @param <B> the body's type
 * @param <A> the future of the answer
 */
@FunctionalInterface
interface Resource<I, B, A extends Future<?>> {
    A answer(Request call, I caller, B body);
}
