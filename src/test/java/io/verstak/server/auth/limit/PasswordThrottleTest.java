package io.verstak.server.auth.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.error.ServerException;
import io.verstak.server.testkit.MutableClock;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PasswordThrottleTest {
    private static final int ATTEMPTS = 5;
    private static final InetAddress HOME = address("198.51.100.1");
    private static final InetAddress ELSEWHERE = address("203.0.113.9");

    private final MutableClock clock = new MutableClock();
    private final PasswordThrottle throttle =
            new PasswordThrottle(new Budget(ATTEMPTS, 300), clock, new SecureRandom());

    @Test
    void s11_failures_at_one_account_block_it_at_that_address() {
        fail("owner", HOME, ATTEMPTS);

        assertThat(throttle.check("owner", HOME).retryAfterSeconds()).isEqualTo(300);
        assertThatThrownBy(() -> throttle.gate("owner", HOME).enter()).isInstanceOf(ServerException.class);
        clock.advance(Duration.ofMinutes(5));
        throttle.gate("owner", HOME).enter();
    }

    @Test
    void s11_failures_at_many_accounts_block_the_address_for_all() {
        for (int i = 0; i < ATTEMPTS; i++) {
            fail("account " + i, HOME, 1);
        }

        assertThat(throttle.check("owner", HOME).allowed()).isFalse();
        assertThat(throttle.check("owner", ELSEWHERE).allowed()).isTrue();
    }

    @Test
    void s12_failures_from_one_address_never_lock_the_owner_out_at_another() {
        for (int window = 0; window < 100; window++) {
            fail("owner", ELSEWHERE, 100);
            assertThat(throttle.check("owner", HOME).allowed()).isTrue();
            clock.advance(Duration.ofSeconds(30));
        }
    }

    @Test
    void s12_during_an_attack_from_everywhere_the_owner_signs_in_where_it_worked_before() {
        throttle.gate("owner", HOME).succeeded();

        failFromEverywhere("owner");

        assertThat(throttle.check("owner", HOME).allowed()).isTrue();
        assertThat(throttle.check("owner", ELSEWHERE).allowed()).isFalse();
        assertThat(throttle.check("neighbour", ELSEWHERE).allowed()).isTrue();
        clock.advance(Duration.ofMinutes(5));
        assertThat(throttle.check("owner", ELSEWHERE).allowed()).isTrue();
    }

    @Test
    void a_known_address_is_held_to_its_own_limit_all_the_same() {
        throttle.gate("owner", HOME).succeeded();

        fail("owner", HOME, ATTEMPTS);

        assertThat(throttle.check("owner", HOME).allowed()).isFalse();
    }

    @Test
    void a_success_clears_the_failures_of_its_account_at_its_address() {
        for (int i = 0; i < 10; i++) {
            fail("owner", HOME, ATTEMPTS - 1);
            throttle.gate("owner", HOME).enter();
            throttle.gate("owner", HOME).succeeded();
        }

        assertThat(throttle.check("owner", HOME).allowed()).isTrue();
        assertThat(throttle.check("neighbour", HOME).allowed()).isTrue();
    }

    @Test
    void a_success_with_ones_own_account_does_not_wash_away_guesses_at_others() {
        fail("victim 1", HOME, 2);
        fail("victim 2", HOME, 2);

        throttle.gate("attacker", HOME).succeeded();
        fail("victim 3", HOME, 1);

        assertThat(throttle.check("victim 4", HOME).allowed()).isFalse();
    }

    @Test
    void s13_addresses_of_one_ipv6_64_share_a_budget() {
        for (int i = 0; i < ATTEMPTS; i++) {
            fail("account " + i, address("2001:db8:1:2:" + i + "::1"), 1);
        }

        assertThat(throttle.check("owner", address("2001:db8:1:2:ffff::9")).allowed())
                .isFalse();
        assertThat(throttle.check("owner", address("2001:db8:1:3::1")).allowed())
                .isTrue();
    }

    @Test
    void s13_an_ipv4_address_counts_alone_also_in_its_mapped_form() {
        fail("owner", address("::ffff:198.51.100.1"), ATTEMPTS);

        assertThat(throttle.check("owner", HOME).allowed()).isFalse();
        assertThat(throttle.check("owner", address("198.51.100.2")).allowed()).isTrue();
    }

    private void failFromEverywhere(String account) {
        for (int i = 0; i < 250; i++) {
            fail(account, address("192.0.2." + i), ATTEMPTS);
        }
    }

    /** Tries as an attacker does: for as long as it is let in. */
    private void fail(String account, InetAddress from, int tries) {
        for (int i = 0; i < tries; i++) {
            if (throttle.check(account, from).allowed()) {
                throttle.gate(account, from).failed();
            }
        }
    }

    private static InetAddress address(String literal) {
        return NetUtil.createInetAddressFromIpAddressString(literal);
    }
}
