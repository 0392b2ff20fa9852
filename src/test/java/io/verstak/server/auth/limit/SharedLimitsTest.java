package io.verstak.server.auth.limit;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.config.RateLimitsConfig;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.ExpiredRecords;
import io.verstak.server.storage.ExpiredRecords.Kind;
import io.verstak.server.storage.RateBucketStore;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestEngine;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of two nodes on one database. */
class SharedLimitsTest {
    private static final int TRIES = 4;
    private static final int WINDOW_SECONDS = 300;
    private static final InetAddress HOME = address("198.51.100.1");
    private static final InetAddress ELSEWHERE = address("203.0.113.9");
    private static final EmailAddress MAILBOX =
            EmailAddress.parse("anna@example.org").orElseThrow();

    private final MutableClock clock = new MutableClock();
    private final TestEngine.Store store = TestEngine.POSTGRESQL.open();
    private final Limits one = node(new byte[32]);
    private final Limits other = node(new byte[32]);

    private Limits node(byte[] secret) {
        Budget budget = new Budget(TRIES, WINDOW_SECONDS);
        RateLimitsConfig config = new RateLimitsConfig(true, budget, budget, budget, budget, budget, budget);
        SharedBuckets shared = new SharedBuckets(new RateBucketStore(store.database()), secret, clock);
        return new Limits(() -> config, Optional.of(shared), clock, new SecureRandom());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void tries_at_all_nodes_together_are_limited_and_the_refusal_says_until_when() {
        for (int i = 0; i < TRIES; i++) {
            await((i % 2 == 0 ? one : other).register().attempt(HOME));
        }
        clock.advance(Duration.ofSeconds(100));

        for (Limits node : new Limits[] {one, other}) {
            refused(() -> await(node.register().attempt(HOME)), WINDOW_SECONDS - 100);
        }
        await(one.register().attempt(ELSEWHERE));
        clock.advance(Duration.ofSeconds(WINDOW_SECONDS - 100));
        await(other.register().attempt(HOME));
    }

    @Test
    void wrong_links_at_all_nodes_together_are_limited() {
        for (int i = 0; i < TRIES; i++) {
            AddressLimit limit = (i % 2 == 0 ? one : other).confirm();
            await(limit.check(HOME));
            await(limit.failed(HOME));
        }

        refused(() -> await(one.confirm().check(HOME)), WINDOW_SECONDS);
        refused(() -> await(other.confirm().check(HOME)), WINDOW_SECONDS);
        await(one.reset().check(HOME));
    }

    @Test
    void mails_to_one_address_are_counted_over_all_nodes() {
        for (int i = 0; i < 5; i++) {
            assertThat(await((i % 2 == 0 ? one : other).mayMail(MAILBOX))).isTrue();
        }

        assertThat(await(one.mayMail(MAILBOX))).isFalse();
        assertThat(await(other.mayMail(MAILBOX))).isFalse();
    }

    @Test
    void s11_wrong_passwords_at_all_nodes_together_block_an_account_at_that_address() {
        fail(one, "owner", HOME, TRIES / 2);
        fail(other, "owner", HOME, TRIES / 2);

        for (Limits node : new Limits[] {one, other}) {
            refused(() -> node.gate("owner", HOME).enterToHash(), WINDOW_SECONDS);
            node.gate("owner", ELSEWHERE).enterToHash();
        }
    }

    @Test
    void s12_during_an_attack_on_one_node_the_owner_signs_in_where_it_worked_at_another_before() {
        succeed(other, "owner", HOME);
        for (int i = 0; i < 20; i++) {
            fail(i % 2 == 0 ? one : other, "owner", address("192.0.2." + i), TRIES);
        }

        one.gate("owner", HOME).enter();
        one.gate("owner", HOME).enterToHash();
        refused(() -> one.gate("owner", ELSEWHERE).enterToHash(), WINDOW_SECONDS);
        refused(() -> other.gate("owner", ELSEWHERE).enterToHash(), WINDOW_SECONDS);
    }

    @Test
    void a_right_password_takes_back_its_failures_at_all_nodes_and_no_others() {
        fail(one, "owner", HOME, TRIES - 1);
        succeed(other, "owner", HOME);
        fail(other, "neighbour", HOME, TRIES - 1);

        succeed(other, "owner", HOME);

        one.gate("owner", HOME).enterToHash();
        fail(other, "neighbour", HOME, 1);
        refused(() -> one.gate("neighbour", HOME).enterToHash(), WINDOW_SECONDS);
    }

    @Test
    void a_node_that_does_not_reach_the_database_counts_for_itself() {
        store.execute("DROP TABLE rate_buckets");

        for (int i = 0; i < TRIES; i++) {
            await(one.register().attempt(HOME));
        }
        fail(one, "owner", HOME, TRIES);

        refused(() -> await(one.register().attempt(HOME)), WINDOW_SECONDS);
        refused(() -> one.gate("owner", HOME).enterToHash(), WINDOW_SECONDS);
        await(other.register().attempt(HOME));
        other.gate("owner", HOME).enterToHash();
    }

    @Test
    void what_is_stored_names_nobody_and_goes_with_the_clean_up() {
        fail(one, "owner", HOME, 1);
        await(one.register().attempt(HOME));
        Limits another = node(new byte[] {
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
            30, 31, 32
        });
        await(another.register().attempt(HOME));

        assertThat(store.rows("SELECT limiter FROM rate_buckets"))
                .containsExactlyInAnyOrder("account", "account at address", "address", "register", "register");
        ExpiredRecords records = new ExpiredRecords(store.database());
        assertThat(await(records.delete(Kind.RATE_BUCKETS, clock.millis(), 500)))
                .isZero();
        clock.advance(Duration.ofSeconds(WINDOW_SECONDS));
        assertThat(await(records.delete(Kind.RATE_BUCKETS, clock.millis(), 500)))
                .isEqualTo(5);
    }

    @Test
    void a_window_of_a_node_whose_clock_was_ahead_blocks_nobody() {
        clock.advance(Duration.ofDays(1));
        for (int i = 0; i < TRIES; i++) {
            await(one.register().attempt(HOME));
        }
        clock.advance(Duration.ofDays(-1));

        await(other.register().attempt(HOME));
        assertThat(store.rows("SELECT attempts FROM rate_buckets")).containsExactly("1");
    }

    /** Fails as the hashing thread does after a wrong password. */
    private static void fail(Limits node, String account, InetAddress from, int times) {
        for (int i = 0; i < times; i++) {
            PasswordGate gate = node.gate(account, from);
            gate.enter();
            gate.enterToHash();
            gate.failed();
        }
    }

    private static void succeed(Limits node, String account, InetAddress from) {
        PasswordGate gate = node.gate(account, from);
        gate.enter();
        gate.enterToHash();
        gate.succeeded();
    }

    private static void refused(Runnable attempt, int retryAfterSeconds) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(ServerException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(refusal.retryAfterSeconds()).isEqualTo(retryAfterSeconds);
        });
    }

    private static InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
