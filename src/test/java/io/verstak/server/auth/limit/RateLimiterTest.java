package io.verstak.server.auth.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final int MILLION = 1_000_000;

    private final MutableClock clock = new MutableClock();
    private final RateLimiter limiter = limiter(3, 60);

    @Test
    void a_key_is_blocked_after_its_last_allowed_failure_until_the_window_ends() {
        limiter.failure("k");
        clock.advance(Duration.ofSeconds(20));
        limiter.failure("k");
        assertThat(limiter.check("k").allowed()).isTrue();
        limiter.failure("k");

        assertThat(limiter.check("k").retryAfterSeconds()).isEqualTo(40);
        clock.advance(Duration.ofMillis(39_001));
        assertThat(limiter.check("k").retryAfterSeconds()).isEqualTo(1);
        clock.advance(Duration.ofMillis(999));
        assertThat(limiter.check("k").allowed()).isTrue();
    }

    @Test
    void attempts_that_are_turned_away_do_not_prolong_the_wait() {
        IntStream.range(0, 3).forEach(i -> limiter.attempt("k"));
        clock.advance(Duration.ofSeconds(59));

        assertThat(limiter.attempt("k").retryAfterSeconds()).isEqualTo(1);
        limiter.failure("k");
        assertThat(limiter.check("k").retryAfterSeconds()).isEqualTo(1);
    }

    @Test
    void a_success_clears_the_key_and_no_other() {
        fill(limiter, "k", 3);
        fill(limiter, "other", 3);

        assertThat(limiter.success("k")).isEqualTo(3);

        assertThat(limiter.check("k").allowed()).isTrue();
        assertThat(limiter.check("other").allowed()).isFalse();
    }

    @Test
    void a_refusal_is_rate_limited_with_its_retry_after() {
        fill(limiter, "k", 3);

        assertThatThrownBy(() -> limiter.check("k").orThrow())
                .isInstanceOfSatisfying(ServerException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMITED);
                    assertThat(refusal.retryAfterSeconds()).isEqualTo(60);
                });
    }

    @Test
    void a_clock_set_back_blocks_nobody_for_longer_than_a_window() {
        fill(limiter, "k", 3);

        clock.advance(Duration.ofDays(-365));

        assertThat(limiter.check("k").allowed()).isTrue();
    }

    @Test
    void s14_a_million_different_keys_evict_no_full_bucket() {
        fill(limiter, "victim", 3);

        IntStream.range(0, MILLION).forEach(i -> limiter.failure("flood " + i));

        assertThat(limiter.check("victim").allowed()).isFalse();
        assertThat(limiter.check("newcomer").allowed()).isTrue();
    }

    @Test
    void s14_a_million_different_keys_do_not_hide_failures_that_are_more_than_their_own() {
        fill(limiter, "victim", 2);

        IntStream.range(0, MILLION).forEach(i -> limiter.failure("flood " + i));
        limiter.failure("victim");

        assertThat(limiter.check("victim").allowed()).isFalse();
    }

    @Test
    void s14_full_buckets_of_a_whole_ipv6_48_leave_room_for_nearly_every_newcomer() {
        IntStream.range(0, 1 << 16).forEach(i -> fill(limiter, "flood " + i, 3));

        long blocked = IntStream.range(0, 10_000)
                .filter(i -> !limiter.attempt("newcomer " + i).allowed())
                .count();

        assertThat(blocked).isZero();
    }

    @Test
    void s14_when_every_bucket_is_full_newcomers_are_still_limited() {
        IntStream.range(0, MILLION).forEach(i -> fill(limiter, "flood " + i, 3));

        long allowed = IntStream.range(0, MILLION)
                .filter(i -> limiter.attempt("newcomer " + i).allowed())
                .count();

        assertThat(allowed).isLessThanOrEqualTo(3L * RateLimiter.BUCKETS);
    }

    @Test
    void s14_a_million_long_keys_stay_within_the_memory_bound() {
        String padding = "x".repeat(300);
        long before = usedMemory();
        RateLimiter flooded = limiter(10, 60);

        IntStream.range(0, MILLION).forEach(i -> flooded.failure(padding + i));

        assertThat(leastMemory(before + (8L << 20))).isLessThan(before + (8L << 20));
        assertThat(flooded.check("k").allowed()).isTrue();
    }

    @Test
    void threads_that_try_at_once_get_no_more_than_the_limit_together() throws Exception {
        RateLimiter shared = limiter(1000, 60);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Long>> allowed = IntStream.range(0, 4)
                    .mapToObj(thread -> threads.submit(() -> IntStream.range(0, 1000)
                            .filter(i -> shared.attempt("k").allowed())
                            .count()))
                    .toList();
            long total = 0;
            for (Future<Long> count : allowed) {
                total += count.get(60, TimeUnit.SECONDS);
            }
            assertThat(total).isEqualTo(1000);
        } finally {
            threads.shutdownNow();
        }
    }

    private RateLimiter limiter(int attempts, int windowSeconds) {
        return new RateLimiter(new Budget(attempts, windowSeconds), clock, new SecureRandom());
    }

    private static void fill(RateLimiter limiter, String key, int failures) {
        for (int i = 0; i < failures; i++) {
            limiter.failure(key);
        }
    }

    /** Looks a few times: what else runs in this process may just have taken some. */
    private static long leastMemory(long enough) {
        long least = usedMemory();
        for (int looks = 1; looks < 10 && least >= enough; looks++) {
            least = Math.min(least, usedMemory());
        }
        return least;
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
