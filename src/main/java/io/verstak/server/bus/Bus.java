package io.verstak.server.bus;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls between verticles. A contract is an interface whose methods return futures; its service runs in one verticle, and its
 * clients pass arguments and answers by reference, so both must be immutable or safe for any thread.
 *
 * <p>A call fails with the service's {@link ServerException}, with {@link ErrorCode#UNAVAILABLE} when the service is gone or
 * does not answer in time, and with {@link ErrorCode#INTERNAL_ERROR} when it fails unexpectedly; the cause goes to the log only. A
 * late answer is closed if it is an {@link AutoCloseable}.
 */
public final class Bus {
    private final Vertx vertx;
    private final EventBus eventBus;
    private final DeliveryOptions delivery;
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();
    private final CallTimeouts timeouts;

    /**
     * Creates the bus of the process; a Vert.x instance takes its codec only once.
     *
     * @param timeout how long a request waits for its answer
     */
    public Bus(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        eventBus = vertx.eventBus();
        timeouts = new CallTimeouts(vertx, timeout);
        eventBus.registerCodec(LocalCodec.INSTANCE);
        delivery = new DeliveryOptions()
                .setLocalOnly(true)
                .setCodecName(LocalCodec.INSTANCE.name())
                .setSendTimeout(timeout.toMillis());
    }

    /** A call on its way to the service, and where its answer goes. */
    private record Request(Call call, Promise<Object> answer) {}

    /** Serves the contract on the calling verticle's context until the verticle is undeployed. */
    public <T> Future<Void> serve(Class<T> contract, T service) {
        return eventBus.<Request>localConsumer(contract.getName(), message -> {
                    Request request = message.body();
                    request.call().on(service).onComplete(request.answer());
                })
                .completion();
    }

    /**
     * Serves the contract on its callers' contexts until {@link #withdraw}, which saves two thread switches. The service must be
     * safe for any thread and complete its futures on the caller's context.
     */
    public <T> void serveAnywhere(Class<T> contract, T service) {
        shared.put(contract, service);
    }

    /** Ends {@link #serveAnywhere}: later calls fail with {@link ErrorCode#UNAVAILABLE}. */
    public void withdraw(Class<?> contract) {
        shared.remove(contract);
    }

    /**
     * Returns a client of the contract, which may be used on any context and before there is a service. Futures complete on the
     * caller's context.
     *
     * @throws IllegalArgumentException if the contract is not an interface whose methods return futures
     */
    public <T> T client(Class<T> contract) {
        return ServiceProxy.of(contract, timeouts, call -> {
            Object service = shared.get(contract);
            return service == null ? send(contract, call) : call.on(service);
        });
    }

    /** The answer takes no second message: it completes a promise of the caller's context. */
    private Future<Object> send(Class<?> contract, Call call) {
        Promise<Object> answer = ((ContextInternal) vertx.getOrCreateContext()).promise();
        eventBus.sender(contract.getName(), delivery)
                .write(new Request(call, answer))
                .onFailure(answer::tryFail);
        return answer.future();
    }
}
