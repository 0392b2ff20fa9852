package io.verstak.server.account;

import static io.verstak.server.account.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordTimingTest {
    private final HashPool pool = new HashPool();
    private final Passwords passwords = new Passwords(pool, new SecureRandom());

    @AfterEach
    void closePool() {
        pool.close();
    }

    @Test
    void s02_medians_for_a_known_and_an_unknown_user_differ_by_less_than_5_ms() {
        assertMediansAlike(await(passwords.hash("correct horse")), 50);
    }

    @Test
    void s02_an_account_that_has_not_signed_in_since_the_import_takes_no_longer_than_nobody() {
        passwords.coverBcrypt(10);
        assertMediansAlike("$2a$10$vPRa4EJhAT/U81o6BYAUhuSG4h8/Rj1tNnHXz8jQyaeqQPvm2LHSK", 20);
    }

    private void assertMediansAlike(String known, int tries) {
        List<Long> forKnown = new ArrayList<>();
        List<Long> forUnknown = new ArrayList<>();
        for (int i = 0; i < tries; i++) {
            forKnown.add(cpuNanos(known));
            forUnknown.add(cpuNanos(null));
        }
        long difference = Math.abs(median(forKnown) - median(forUnknown));
        assertThat(TimeUnit.NANOSECONDS.toMicros(difference)).isLessThan(5_000);
    }

    /** Time on the processor, not on the wall: what else runs on the machine must not decide a test. */
    private long cpuNanos(@Nullable String stored) {
        CpuTimeGate gate = new CpuTimeGate();
        assertThat(await(passwords.verify("wrong", stored, gate)).matches()).isFalse();
        return gate.spent;
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** Reads the hashing thread's clock before and after the work. */
    private static final class CpuTimeGate implements PasswordGate {
        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private long start;
        private volatile long spent;

        @Override
        public void enter() {
            start = threads.getCurrentThreadCpuTime();
        }

        @Override
        public void failed() {
            spent = threads.getCurrentThreadCpuTime() - start;
        }

        @Override
        public void succeeded() {}
    }
}
