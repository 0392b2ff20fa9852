package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A figure that cannot be had never keeps the others from being read. */
class LatestFiguresTest {
    private static final int UNKNOWN = -1;

    @Test
    void a_look_that_never_ends_leaves_its_figure_unknown_and_no_second_one_begins() throws Exception {
        Promise<Integer> hanging = Promise.promise();
        AtomicInteger looks = new AtomicInteger();
        LatestFigures<Integer> figures = new LatestFigures<>("a hanging mount", UNKNOWN, () -> {
            looks.incrementAndGet();
            return hanging.future();
        });

        await(figures.refresh());
        await(figures.refresh());

        assertThat(figures.get()).isEqualTo(UNKNOWN);
        assertThat(looks).hasValue(1);

        hanging.complete(7);
        await(figures.refresh());
        assertThat(figures.get()).isEqualTo(7);
    }

    @Test
    void a_look_that_fails_or_throws_leaves_its_figure_unknown() throws Exception {
        LatestFigures<Integer> failing =
                new LatestFigures<>("nothing", UNKNOWN, () -> Future.failedFuture("no such disk"));
        LatestFigures<Integer> throwing = new LatestFigures<>("nothing", UNKNOWN, () -> {
            throw new IllegalStateException("the database is closed");
        });

        await(failing.refresh());
        await(throwing.refresh());

        assertThat(failing.get()).isEqualTo(UNKNOWN);
        assertThat(throwing.get()).isEqualTo(UNKNOWN);
    }

    @Test
    void who_asks_often_causes_no_second_look() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        LatestFigures<Integer> figures =
                new LatestFigures<>("a counter", UNKNOWN, () -> Future.succeededFuture(looks.incrementAndGet()));

        await(figures.refresh());
        await(figures.refresh());

        assertThat(figures.get()).isEqualTo(1);
    }

    private static void await(Future<Void> refreshed) throws Exception {
        refreshed.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
