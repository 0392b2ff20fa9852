package io.verstak.server.cluster;

import static io.verstak.server.testkit.Futures.await;
import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.verstak.server.domain.SteadyClock;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node whose own clock is wrong goes by that of the database. */
class DatabaseClockTest {
    private static final long CLOSE_MILLIS = 30_000;

    private final Vertx vertx = Vertx.vertx();
    private final PostgresDatabase database = PostgresDatabase.open(vertx, TestPostgres.newDatabaseWithSchema(), 1);

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(longs = {-600, 600, 86_400})
    void the_time_is_that_of_the_database_however_wrong_the_clock_of_the_node_is(long seconds) {
        // Half a second more, so that a millisecond does not decide how many seconds it is wrong by.
        Clock wrong =
                Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds).plusMillis(500));
        SteadyClock clock = new SteadyClock(wrong);
        DatabaseClock shared = new DatabaseClock(database, clock);

        await(shared.ask());

        assertThat(clock.millis()).isCloseTo(System.currentTimeMillis(), within(CLOSE_MILLIS));
        assertThat(clock.skewMillis()).isCloseTo(SECONDS.toMillis(seconds), within(CLOSE_MILLIS));
        assertThat(shared.problem())
                .get()
                .asString()
                .contains("the clock of this node is " + Math.abs(clock.skewMillis()) / 1000 + " seconds")
                .contains(seconds > 0 ? "ahead of the database's" : "behind the database's");
    }

    @Test
    void a_step_of_the_nodes_clock_changes_nothing_but_what_is_said_of_it() {
        MutableClock own = new MutableClock();
        SteadyClock clock = new SteadyClock(own);
        Instant before = clock.instant();

        own.advance(Duration.ofDays(1));

        assertThat(Duration.between(before, clock.instant())).isLessThan(Duration.ofMinutes(1));
        assertThat(clock.skewMillis()).isCloseTo(DAYS.toMillis(1), within(MINUTES.toMillis(1)));
    }

    @Test
    void an_answer_that_agrees_with_what_is_known_does_not_step_the_time() {
        SteadyClock clock = new SteadyClock(Clock.systemUTC());
        long nanos = System.nanoTime();
        clock.set(Instant.EPOCH, nanos, Duration.ZERO);

        clock.set(Instant.EPOCH.plusMillis(9), nanos, Duration.ofMillis(10));
        assertThat(clock.millis()).isLessThan(SECONDS.toMillis(60));
        long beforeStep = clock.millis();
        clock.set(Instant.EPOCH.plusSeconds(3600), nanos, Duration.ofMillis(10));

        assertThat(clock.millis() - beforeStep).isCloseTo(SECONDS.toMillis(3600), within(CLOSE_MILLIS));
    }

    @Test
    void durations_do_not_follow_a_step_of_the_databases_clock() {
        SteadyClock clock = new SteadyClock(Clock.systemUTC());
        Clock steady = SteadyClock.of(clock);
        Instant before = steady.instant();

        clock.set(clock.instant().plusSeconds(3600), System.nanoTime(), Duration.ZERO);

        assertThat(Duration.between(before, steady.instant())).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void a_clock_that_is_right_says_nothing() {
        SteadyClock clock = new SteadyClock(Clock.systemUTC());
        DatabaseClock shared = new DatabaseClock(database, clock);

        await(shared.ask());

        assertThat(shared.problem()).isEmpty();
        assertThat(clock.skewMillis()).isCloseTo(0, within(CLOSE_MILLIS));
    }
}
