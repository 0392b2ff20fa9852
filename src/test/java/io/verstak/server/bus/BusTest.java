package io.verstak.server.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BusTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(10);

    private final Vertx vertx = Vertx.vertx();

    /** Package-private, as a feature's own contracts are. */
    interface Answers {
        Future<@Nullable Object> answer(String question, @Nullable Object more);

        Future<String> greet();
    }

    /** Answers with what it is made for, and greets with the context that it runs on. */
    private record Service(Function<@Nullable Object, Future<@Nullable Object>> answers) implements Answers {
        @Override
        public Future<@Nullable Object> answer(String question, @Nullable Object more) {
            return answers.apply(more);
        }

        @Override
        public Future<String> greet() {
            return Future.succeededFuture(String.valueOf(Vertx.currentContext()));
        }
    }

    interface Blocking {
        String answer();
    }

    private enum Way {
        IN_A_VERTICLE {
            @Override
            void serve(Vertx vertx, Bus bus, Answers service) {
                deploy(vertx, bus, service);
            }
        },
        ANYWHERE {
            @Override
            void serve(Vertx vertx, Bus bus, Answers service) {
                bus.serveAnywhere(Answers.class, service);
            }
        };

        abstract void serve(Vertx vertx, Bus bus, Answers service);
    }

    /** An answer that holds something until it is closed. */
    private record Held(CompletableFuture<Void> closed) implements AutoCloseable {
        Held() {
            this(new CompletableFuture<>());
        }

        @Override
        public void close() {
            closed.complete(null);
        }
    }

    @AfterEach
    void close() {
        join(vertx.close());
    }

    @Test
    void the_arguments_of_a_call_are_free_while_it_waits_for_its_answer() {
        Promise<@Nullable Object> answer = Promise.promise();
        Bus bus = new Bus(vertx, LONG);
        Way.ANYWHERE.serve(vertx, bus, new Service(argument -> answer.future()));
        Object[] large = {new byte[1 << 10]};
        WeakReference<Object> argument = new WeakReference<>(large[0]);

        Future<@Nullable Object> called = bus.client(Answers.class).answer("", large[0]);
        large[0] = "";
        // A collection that is asked for is left out while a thread is in a critical section of native code.
        long end = System.nanoTime() + LONG.toNanos();
        while (argument.get() != null && System.nanoTime() < end) {
            System.gc();
        }
        assertThat(called.isComplete()).isFalse();
        assertThat(argument.get()).isNull();
        answer.complete("answered");
        assertThat(join(called)).isEqualTo("answered");
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_that_comes_too_late_lets_go_of_what_it_holds(Way way) throws Exception {
        Promise<@Nullable Object> silent = Promise.promise();
        Answers client = client(SHORT, way, more -> silent.future());
        Held late = new Held();

        assertCode(ErrorCode.UNAVAILABLE, () -> join(client.answer("?", null)));
        assertThat(late.closed()).isNotDone();
        silent.complete(late);

        late.closed().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_in_time_is_its_takers_to_close(Way way) {
        Held held = new Held();
        Answers client = client(LONG, way, more -> Future.succeededFuture(held));

        assertThat(join(client.answer("?", null))).isSameAs(held);
        assertThat(held.closed()).isNotDone();
    }

    @ParameterizedTest
    @EnumSource
    void arguments_and_answers_cross_by_reference(Way way) {
        Answers client = client(LONG, way, Future::succeededFuture);
        Object more = new Object();

        assertThat(join(client.answer("?", more))).isSameAs(more);
        assertThat(join(client.answer("?", null))).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void a_refusal_keeps_its_code_and_text(Way way) {
        ServerException refusal = new ServerException(ErrorCode.CONFLICT, "taken");
        Answers failing = client(LONG, way, more -> Future.failedFuture(refusal));

        assertThatThrownBy(() -> join(failing.answer("?", null))).cause().isSameAs(refusal);
    }

    @ParameterizedTest
    @EnumSource
    void a_thrown_refusal_is_one_like_any(Way way) {
        ServerException refusal = new ServerException(ErrorCode.CONFLICT, "taken");
        Answers throwing = client(LONG, way, more -> {
            throw refusal;
        });

        assertThatThrownBy(() -> join(throwing.answer("?", null))).cause().isSameAs(refusal);
    }

    @ParameterizedTest
    @EnumSource
    void an_unexpected_failure_says_nothing_of_itself(Way way) {
        IllegalStateException failure = new IllegalStateException("secret");
        Answers client = client(LONG, way, more -> {
            if (more == null) {
                throw failure;
            }
            return Future.failedFuture(failure);
        });

        assertCode(ErrorCode.INTERNAL_ERROR, () -> join(client.answer("?", "fails")));
        assertCode(ErrorCode.INTERNAL_ERROR, () -> join(client.answer("throws?", null)));
    }

    @Test
    void a_service_that_is_not_there_is_unavailable_at_once() {
        Answers client = new Bus(vertx, LONG).client(Answers.class);

        assertCode(ErrorCode.UNAVAILABLE, () -> join(client.greet()));
    }

    @Test
    void a_service_that_has_gone_is_unavailable_at_once() {
        Bus bus = new Bus(vertx, LONG);
        Answers client = bus.client(Answers.class);
        Service service = new Service(Future::succeededFuture);

        bus.serveAnywhere(Answers.class, service);
        assertThat(join(client.answer("?", "!"))).isEqualTo("!");
        bus.withdraw(Answers.class);
        assertCode(ErrorCode.UNAVAILABLE, () -> join(client.answer("?", "!")));

        String verticle = deploy(vertx, bus, service);
        assertThat(join(client.answer("?", "!"))).isEqualTo("!");
        join(vertx.undeploy(verticle));
        assertCode(ErrorCode.UNAVAILABLE, () -> join(client.answer("?", "!")));
    }

    @Test
    void a_service_runs_in_its_verticle_and_answers_on_the_callers_context() throws Exception {
        Answers client = client(LONG, Way.IN_A_VERTICLE, Future::succeededFuture);
        CompletableFuture<Context> answered = new CompletableFuture<>();
        CompletableFuture<String> served = new CompletableFuture<>();
        Context caller = vertx.getOrCreateContext();

        caller.runOnContext(now -> client.greet().onComplete(greeting -> {
            answered.complete(Vertx.currentContext());
            served.complete(greeting.result());
        }));

        assertThat(answered.get(30, TimeUnit.SECONDS)).isSameAs(caller);
        assertThat(served.get(30, TimeUnit.SECONDS)).isNotIn(String.valueOf(caller), "null");
    }

    @Test
    void a_service_for_any_thread_runs_on_its_callers_context() throws Exception {
        Answers client = client(LONG, Way.ANYWHERE, Future::succeededFuture);
        CompletableFuture<String> served = new CompletableFuture<>();
        Context caller = vertx.getOrCreateContext();

        caller.runOnContext(now -> client.greet().onSuccess(served::complete));

        assertThat(served.get(30, TimeUnit.SECONDS)).isEqualTo(String.valueOf(caller));
    }

    @Test
    void a_contract_whose_methods_return_no_future_is_refused() {
        Bus bus = new Bus(vertx, LONG);

        assertThatThrownBy(() -> bus.client(Blocking.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Blocking.answer");
        assertThatThrownBy(() -> bus.client(Service.class)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_client_is_an_object_like_any() {
        Bus bus = new Bus(vertx, LONG);
        Answers client = bus.client(Answers.class);
        Answers other = bus.client(Answers.class);

        assertThat(Set.of(client)).contains(client).doesNotContain(other);
        assertThat(client).hasToString("client of " + Answers.class.getName());
    }

    private Answers client(Duration timeout, Way way, Function<@Nullable Object, Future<@Nullable Object>> answers) {
        Bus bus = new Bus(vertx, timeout);
        way.serve(vertx, bus, new Service(answers));
        return bus.client(Answers.class);
    }

    private static String deploy(Vertx vertx, Bus bus, Answers service) {
        return join(vertx.deployVerticle(new VerticleBase() {
            @Override
            public Future<?> start() {
                return bus.serve(Answers.class, service);
            }
        }));
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .cause()
                .asInstanceOf(InstanceOfAssertFactories.type(ServerException.class))
                .satisfies(failure -> {
                    assertThat(failure.code()).isEqualTo(code);
                    assertThat(failure.text()).isEqualTo(code.text());
                });
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
