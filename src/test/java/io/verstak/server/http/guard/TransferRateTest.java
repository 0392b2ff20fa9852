package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TransferRateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final TransferRate rate = new TransferRate(1024, Duration.ofSeconds(30));

    @Test
    void just_the_slowest_rate_is_fast_enough() {
        seconds(300, 1024);
        assertThat(rate.tooSlow()).isFalse();
    }

    @Test
    void less_than_it_is_too_slow_after_a_whole_window() {
        seconds(29, 1000);
        assertThat(rate.tooSlow()).isFalse();
        seconds(1, 1000);
        assertThat(rate.tooSlow()).isTrue();
    }

    @Test
    void a_fast_start_earns_no_more_than_a_window_of_silence() {
        seconds(30, 1 << 20);
        seconds(29, 0);
        assertThat(rate.tooSlow()).isFalse();
        seconds(4, 0);
        assertThat(rate.tooSlow()).isTrue();
    }

    @Test
    void bursts_that_keep_to_the_rate_pass() {
        for (int burst = 0; burst < 20; burst++) {
            seconds(1, 20 * 1024);
            seconds(14, 0);
        }
        assertThat(rate.tooSlow()).isFalse();
    }

    @Test
    void a_long_pause_of_the_process_is_not_held_against_the_sender() {
        rate.received(4096);
        rate.waited(TimeUnit.HOURS.toNanos(1));
        seconds(60, 2048);
        assertThat(rate.tooSlow()).isFalse();
    }

    private void seconds(int count, int bytesEach) {
        for (int i = 0; i < count; i++) {
            rate.received(bytesEach);
            rate.waited(SECOND);
        }
    }
}
