package io.verstak.server.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusTest {
    private static final Address<String, Held> QUESTION = new Address<>("test.question");

    private final Vertx vertx = Vertx.vertx();

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
    void an_answer_that_comes_too_late_lets_go_of_what_it_holds() throws Exception {
        Bus bus = new Bus(vertx, Duration.ofMillis(10));
        Promise<Held> silent = Promise.promise();
        bus.serveAnywhere(QUESTION, question -> silent.future());
        Held late = new Held();

        assertThatThrownBy(() -> join(bus.request(QUESTION, "?"))).hasCauseInstanceOf(ServerException.class);
        assertThat(late.closed()).isNotDone();
        silent.complete(late);

        late.closed().get(30, TimeUnit.SECONDS);
    }

    @Test
    void an_answer_in_time_is_its_takers_to_close() {
        Bus bus = new Bus(vertx, Duration.ofSeconds(60));
        Held held = new Held();
        bus.serveAnywhere(QUESTION, question -> Future.succeededFuture(held));

        assertThat(join(bus.request(QUESTION, "?"))).isSameAs(held);
        assertThat(held.closed()).isNotDone();
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
