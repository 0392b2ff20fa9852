package io.verstak.server.metrics;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.metrics.RequestCounts.Days;
import io.verstak.server.metrics.RequestCounts.Figures;
import io.verstak.server.testkit.TestEngine;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The counts of requests that the charts of the overview show. */
@ParameterizedClass
@EnumSource
class RequestCountsTest {
    private static final long DAY = 20_000;

    private final TestEngine.Store store;

    RequestCountsTest(TestEngine engine) {
        store = engine.open();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void counts_of_several_nodes_add_up_and_stay_after_a_restart() {
        RequestCounts one = node(DAY);
        RequestCounts other = node(DAY);
        for (int i = 0; i < 90; i++) {
            one.count(200, TimeUnit.MILLISECONDS.toNanos(4));
        }
        for (int i = 0; i < 9; i++) {
            other.count(404, TimeUnit.MILLISECONDS.toNanos(90));
        }
        other.count(503, TimeUnit.MILLISECONDS.toNanos(3000));
        other.count(200, -1);
        await(one.note());
        await(other.note());
        await(other.note());

        Days days = await(node(DAY + 1).days(3));

        assertThat(days.days()).extracting(Figures::day).containsExactly(DAY - 1, DAY, DAY + 1);
        assertThat(days.days().get(0)).isEqualTo(new Figures(DAY - 1, 0, 0, 0, 0, 0));
        Figures day = days.days().get(1);
        assertThat(day.requests()).isEqualTo(101);
        assertThat(day.refused()).isEqualTo(9);
        assertThat(day.failed()).isEqualTo(1);
        assertThat(day.median()).isBetween(2L, 5L);
        assertThat(day.slowest()).isBetween(50L, 100L);
        assertThat(days.all()).isEqualTo(new Figures(DAY + 1, 101, 9, 1, day.median(), day.slowest()));
    }

    @Test
    void what_could_not_be_added_is_added_later_and_days_over_a_year_old_go() {
        store.execute(
                "INSERT INTO request_days (day, outcome, millis, requests) VALUES (%d, 2, 5, 7)".formatted(DAY - 400));
        RequestCounts counts = node(DAY);
        counts.count(200, 1);
        store.execute("ALTER TABLE request_days RENAME TO away");
        assertThat(counts.note()
                        .toCompletionStage()
                        .handle((done, failed) -> failed != null)
                        .toCompletableFuture()
                        .join())
                .isTrue();
        store.execute("ALTER TABLE away RENAME TO request_days");
        counts.count(200, 1);
        await(counts.note());

        Days days = await(counts.days(500));

        assertThat(days.all().requests()).isEqualTo(2);
    }

    private RequestCounts node(long day) {
        return new RequestCounts(
                store.database(), Clock.fixed(Instant.ofEpochMilli(TimeUnit.DAYS.toMillis(day) + 5), ZoneOffset.UTC));
    }
}
