package io.verstak.server.bus;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Implements a contract by passing each call on, limits the time until its answer, and types its failure. */
final class ServiceProxy implements InvocationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);

    private final Class<?> contract;
    private final CallTimeouts timeouts;
    private final Function<Call, Future<Object>> transport;

    private ServiceProxy(Class<?> contract, CallTimeouts timeouts, Function<Call, Future<Object>> transport) {
        this.contract = contract;
        this.timeouts = timeouts;
        this.transport = transport;
    }

    /**
     * Creates an implementation of the contract.
     *
     * @throws IllegalArgumentException if it is not an interface, or a method does not return a future
     */
    static <T> T of(Class<T> contract, CallTimeouts timeouts, Function<Call, Future<Object>> transport) {
        for (Method method : contract.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && method.getReturnType() != Future.class) {
                throw new IllegalArgumentException(method + " does not return a Future");
            }
        }
        ServiceProxy handler = new ServiceProxy(contract, timeouts, transport);
        return contract.cast(Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "client of " + contract.getName();
            };
        }
        Call call = new Call(method, arguments);
        Future<Object> answer = transport.apply(call);
        if (answer.succeeded()) {
            return answer;
        }
        // Not the call: its arguments may be large, and only the service knows how long it needs them.
        Promise<Object> inTime = timeouts.promise(method);
        answer.onComplete(done -> {
            timeouts.answered(inTime);
            boolean received = done.succeeded()
                    ? inTime.tryComplete(done.result())
                    : !inTime.future().isComplete() && inTime.tryFail(toServerException(method, done.cause()));
            if (!received) {
                dropLate(method, done);
            }
        });
        return inTime.future();
    }

    /** Closes an answer that nobody receives; otherwise the receiver closes it. */
    private static void dropLate(Method method, AsyncResult<Object> late) {
        if (late.failed()) {
            LOG.warn("{}: failed after the time-out", Call.name(method), late.cause());
        } else if (late.result() instanceof AutoCloseable held) {
            try {
                held.close();
            } catch (Exception failure) {
                LOG.error("{}: a late answer cannot be closed", Call.name(method), failure);
            }
        }
    }

    private static ServerException toServerException(Method method, Throwable failure) {
        if (failure instanceof ServerException refusal) {
            return refusal;
        }
        if (failure instanceof ReplyException delivery) {
            LOG.warn("{}: no answer: {}", Call.name(method), delivery.failureType());
            return new ServerException(ErrorCode.UNAVAILABLE);
        }
        LOG.error("{}: failed", Call.name(method), failure);
        return new ServerException(ErrorCode.INTERNAL_ERROR);
    }
}
