package io.verstak.server.bus;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls between verticles. A contract is an interface whose methods return futures; its service runs in one verticle, and its
 * clients pass arguments and answers by reference, so both must be immutable or safe for any thread.
 *
 * <p>A call fails with the service's {@link ServerException}, with {@link ErrorCode#UNAVAILABLE} when the service is gone or
 * does not answer in time, and with {@link ErrorCode#INTERNAL_ERROR} when it fails unexpectedly; the cause goes to the log only. A
 * late answer is closed if it is an {@link AutoCloseable}.
 */
public final class Bus {
    private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

    private final Vertx vertx;
    private final EventBus eventBus;
    private final DeliveryOptions delivery;
    private final Map<Address<?, ?>, Function<?, ?>> anywhere = new ConcurrentHashMap<>();
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

    /**
     * Creates the bus of the process; a Vert.x instance takes its codec only once.
     *
     * @param timeout how long a request waits for its answer
     */
    public Bus(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        eventBus = vertx.eventBus();
        eventBus.registerCodec(LocalCodec.INSTANCE);
        eventBus.registerDefaultCodec(ServerException.class, LocalCodec.forFailures());
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
        return ServiceProxy.of(contract, delivery.getSendTimeout(), call -> {
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

    /** Asks the verticle that serves the address; the future completes on the caller's context. */
    public <Q, R> Future<R> request(Address<Q, R> address, Q question) {
        @SuppressWarnings("unchecked") // serveAnywhere put it there, for an address of these types
        @Nullable
        Function<Q, Future<R>> near = (Function<Q, Future<R>>) anywhere.get(address);
        return near == null ? send(address, question) : ask(address, near, question);
    }

    private <Q, R> Future<R> ask(Address<Q, R> address, Function<Q, Future<R>> service, Q question) {
        Future<R> answer = result(service, question);
        Future<R> inTime = answer.timeout(delivery.getSendTimeout(), TimeUnit.MILLISECONDS);
        // Runs after the time-out's own handler, which has passed the answer on by then or has given up on it.
        answer.onSuccess(late -> {
            if (inTime.failed()) {
                drop(address, late);
            }
        });
        return inTime.recover(failure -> Future.failedFuture(toServerException(address, failure)));
    }

    /** Closes an answer that nobody receives; otherwise the receiver closes it. */
    private static void drop(Address<?, ?> address, Object late) {
        if (late instanceof AutoCloseable held) {
            try {
                held.close();
            } catch (Exception failure) {
                LOG.error("{}: a late answer cannot be closed", address.name(), failure);
            }
        }
    }

    private <Q, R> Future<R> send(Address<Q, R> address, Q question) {
        return eventBus.<R>request(address.name(), question, delivery)
                .recover(failure -> Future.failedFuture(toServerException(address, failure)))
                .map(Message::body);
    }

    /**
     * Serves the address on the caller's context until {@link #withdraw}, which saves two thread switches. The service must be safe
     * for any thread and complete its futures on the caller's context.
     */
    public <Q, R> void serveAnywhere(Address<Q, R> address, Function<Q, Future<R>> service) {
        anywhere.put(address, service);
    }

    /** Ends {@link #serveAnywhere}. */
    public void withdraw(Address<?, ?> address) {
        anywhere.remove(address);
    }

    /** Serves the address on the calling verticle's context until it is undeployed. */
    public <Q, R> Future<Void> serve(Address<Q, R> address, Function<Q, Future<R>> service) {
        return eventBus.<Q>consumer(address.name(), message -> answer(address, message, service))
                .completion();
    }

    private <Q, R> void answer(Address<Q, R> address, Message<Q> message, Function<Q, Future<R>> service) {
        result(service, message.body())
                .onSuccess(body -> message.reply(body, delivery))
                .onFailure(failure -> message.reply(toServerException(address, failure)));
    }

    private static <Q, R> Future<R> result(Function<Q, Future<R>> service, Q question) {
        try {
            return service.apply(question);
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }

    private static ServerException toServerException(Address<?, ?> address, Throwable failure) {
        if (failure instanceof ServerException refusal) {
            return refusal;
        }
        if (failure instanceof ReplyException delivery) {
            LOG.warn("{}: no answer: {}", address.name(), delivery.failureType());
            return new ServerException(ErrorCode.UNAVAILABLE);
        }
        if (failure instanceof TimeoutException) {
            LOG.warn("{}: no answer in time", address.name());
            return new ServerException(ErrorCode.UNAVAILABLE);
        }
        LOG.error("{}: failed", address.name(), failure);
        return new ServerException(ErrorCode.INTERNAL_ERROR);
    }
}
