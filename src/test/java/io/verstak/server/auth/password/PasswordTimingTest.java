package io.verstak.server.auth.password;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Alike;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.SecureRandom;
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
    void s02_medians_for_a_known_and_an_unknown_user_differ_by_less_than_5_ms() throws IOException {
        String known = await(passwords.hash("correct horse"));
        Alike.assertAlike(50, () -> cpuNanos(known), () -> cpuNanos(null));
    }

    @Test
    void s02_an_account_that_has_not_signed_in_since_the_import_takes_no_longer_than_nobody() throws IOException {
        passwords.coverBcrypt(10);
        String known = "$2a$10$vPRa4EJhAT/U81o6BYAUhuSG4h8/Rj1tNnHXz8jQyaeqQPvm2LHSK";
        Alike.assertAlike(50, () -> cpuNanos(known), () -> cpuNanos(null));
    }

    @Test
    void s02_a_password_in_another_normal_form_takes_as_long_for_somebody_as_for_nobody() throws IOException {
        String known = await(passwords.hash("Crème"));
        Alike.assertAlike(50, () -> cpuNanos("Cre\u0300mes", known), () -> cpuNanos("Cre\u0300mes", null));
    }

    /** Time on the processor, not on the wall: what else runs on the machine must not decide a test. */
    private long cpuNanos(@Nullable String stored) {
        return cpuNanos("wrong", stored);
    }

    private long cpuNanos(String typed, @Nullable String stored) {
        CpuTimeGate gate = new CpuTimeGate();
        assertThat(await(passwords.verify(typed, stored, gate)).matches()).isFalse();
        return gate.spent;
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
