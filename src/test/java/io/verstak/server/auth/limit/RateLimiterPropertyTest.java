package io.verstak.server.auth.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RateLimiterPropertyTest {
    private final MutableClock clock = new MutableClock();

    @Property(seed = "20261130")
    void a_limiter_decides_as_a_map_without_bounds_would(
            @ForAll @IntRange(min = 1, max = 5) int attempts, @ForAll("steps") @Size(max = 200) List<Step> steps) {
        Budget budget = new Budget(attempts, 10);
        RateLimiter limiter = new RateLimiter(budget, clock, new SecureRandom());
        Model model = new Model(budget, clock);
        for (Step step : steps) {
            clock.advance(Duration.ofMillis(step.millisBefore));
            switch (step.kind) {
                case ATTEMPT -> assertThat(limiter.attempt(step.key)).isEqualTo(model.attempt(step.key));
                case FAILURE -> {
                    limiter.failure(step.key);
                    model.failure(step.key);
                }
                case SUCCESS ->
                    assertThat(limiter.success(step.key)).isEqualTo(model.refund(step.key, Integer.MAX_VALUE));
                case REFUND -> assertThat(limiter.refund(step.key, 2)).isEqualTo(model.refund(step.key, 2));
            }
            assertThat(limiter.check(step.key)).isEqualTo(model.check(step.key));
        }
    }

    @Property(seed = "20261130", tries = 200)
    void whatever_else_is_tried_a_key_that_never_succeeds_gets_no_more_than_twice_its_attempts_in_any_window(
            @ForAll @IntRange(min = 1, max = 5) int attempts,
            @ForAll @Size(max = 300) List<@IntRange(max = 3000) Integer> pauses) {
        RateLimiter limiter = new RateLimiter(new Budget(attempts, 10), clock, new SecureRandom());
        Deque<Long> letIn = new ArrayDeque<>();
        for (int pause : pauses) {
            clock.advance(Duration.ofMillis(pause));
            limiter.failure("noise " + pause);
            if (limiter.attempt("k").allowed()) {
                letIn.addLast(clock.millis());
            }
            while (!letIn.isEmpty() && letIn.getFirst() <= clock.millis() - 10_000) {
                letIn.removeFirst();
            }
            assertThat(letIn).hasSizeLessThanOrEqualTo(2 * attempts);
        }
    }

    @Property(seed = "20261130", tries = 200)
    void in_one_crowded_set_no_full_bucket_is_ever_evicted(
            @ForAll @IntRange(min = 1, max = 4) int attempts,
            @ForAll @Size(max = 500) List<@IntRange(min = 1, max = 40) Integer> keys) {
        BucketSet set = new BucketSet(attempts, 1000);
        Map<Integer, Long> blocked = new HashMap<>();
        for (int key : keys) {
            set.count(key, 0);
            long wait = set.blockedFor(key, 0);
            if (wait > 0) {
                blocked.put(key, wait);
            }
            blocked.forEach(
                    (full, millis) -> assertThat(set.blockedFor(full, 0)).isEqualTo(millis));
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.of("a", "b", "c", "d"),
                        Arbitraries.integers().between(0, 4000))
                .as(Step::new)
                .list()
                .ofMaxSize(200);
    }

    enum Kind {
        ATTEMPT,
        FAILURE,
        SUCCESS,
        REFUND
    }

    record Step(Kind kind, String key, int millisBefore) {}

    /** The contract in its plainest form. */
    private static final class Model {
        private final Map<String, Window> windows = new HashMap<>();
        private final Budget budget;
        private final MutableClock clock;

        Model(Budget budget, MutableClock clock) {
            this.budget = budget;
            this.clock = clock;
        }

        Decision check(String key) {
            Window window = windows.get(key);
            if (window == null || window.end <= clock.millis() || window.count < budget.attempts()) {
                return Decision.ALLOWED;
            }
            return Decision.blockedFor(window.end - clock.millis());
        }

        void failure(String key) {
            Window window = windows.get(key);
            if (window == null || window.end <= clock.millis() || window.count == 0) {
                window = new Window(clock.millis() + budget.windowSeconds() * 1000L);
                windows.put(key, window);
            }
            window.count = Math.min(window.count + 1, budget.attempts());
        }

        Decision attempt(String key) {
            Decision decision = check(key);
            if (decision.allowed()) {
                failure(key);
            }
            return decision;
        }

        int refund(String key, int most) {
            Window window = windows.get(key);
            if (window == null || window.end <= clock.millis()) {
                return 0;
            }
            int taken = Math.min(most, window.count);
            window.count -= taken;
            return taken;
        }
    }

    private static final class Window {
        private final long end;
        private int count;

        Window(long end) {
            this.end = end;
        }
    }
}
