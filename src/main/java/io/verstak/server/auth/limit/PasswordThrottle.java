package io.verstak.server.auth.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.domain.NetworkKey;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * The single budget of all calls that check a password: login, pair, auth test, device register and the rest.
 *
 * <p>Three limits apply, and a failure counts in each:
 *
 * <ol>
 * <li><b>Account at an address.</b> Guesses at one account. The key includes the address, so that failures elsewhere
 *     cannot lock the owner out.
 * <li><b>Address.</b> Single guesses at many accounts.
 * <li><b>Account, everywhere.</b> Guesses at one account from many addresses. It allows so many more that a single
 *     address cannot use it up, and it does not apply to an address from which the right password was given in the last
 *     {@value #KNOWN_DAYS} days: the owner at home signs in during an attack, a stranger waits.
 * </ol>
 *
 * <p>An IPv6 address counts as its /64. A success clears the account's failures at that address and removes just these
 * from the other two limits: the owner of an account cannot use it to clear guesses at others.
 *
 * <p>With several nodes, each counts for itself first, and then all together ({@link SharedThrottle}); only the hashing threads wait for
 * that. The account's limit everywhere is then that of all nodes, since the owner's address may be known to another one; while the database
 * is out of reach it is this node's.
 *
 * <p>Bounded memory. Safe for any thread; only what hashing threads call blocks.
 */
public final class PasswordThrottle {
    /** The number of addresses that must exhaust their limit before the account's limit everywhere is reached. */
    private static final int ADDRESSES_PER_ACCOUNT = 20;

    private static final int KNOWN_DAYS = 30;
    private static final Duration KNOWN = Duration.ofDays(KNOWN_DAYS);
    private static final int MAX_KNOWN = 1 << 14;
    private static final int MAX_ATTEMPTS = 1_000_000;

    /** NIST SP 800-63B, 3.2.2, allows a hundred wrong codes in a row. */
    private static final Budget CODES_EVERYWHERE = new Budget(100, 86_400);

    private final RateLimiter accountAtAddress;
    private final RateLimiter address;
    private final RateLimiter account;
    private final Cache<String, Boolean> known;
    private final Optional<SharedThrottle> shared;

    PasswordThrottle(Budget budget, Clock clock, SecureRandom random) {
        this(budget, clock, random, Optional.empty());
    }

    /**
     * @param budget failures allowed for an account at an address, and for an address
     * @param buckets of all nodes, if there are several
     */
    PasswordThrottle(Budget budget, Clock clock, SecureRandom random, Optional<SharedBuckets> buckets) {
        this("", budget, everywhere(budget), clock, random, buckets);
    }

    /** Returns the throttle of codes of second factors, which are short: an account has only so many everywhere on a day. */
    static PasswordThrottle ofCodes(Budget budget, Clock clock, SecureRandom random, Optional<SharedBuckets> buckets) {
        return new PasswordThrottle("code ", budget, CODES_EVERYWHERE, clock, random, buckets);
    }

    private PasswordThrottle(
            String kind,
            Budget budget,
            Budget everywhere,
            Clock clock,
            SecureRandom random,
            Optional<SharedBuckets> buckets) {
        this.shared = buckets.map(all -> new SharedThrottle(all, kind, budget, everywhere, KNOWN));
        this.accountAtAddress = new RateLimiter(budget, clock, random);
        this.address = new RateLimiter(budget, clock, random);
        this.account = new RateLimiter(everywhere, clock, random);
        this.known = Caffeine.newBuilder()
                .maximumSize(MAX_KNOWN)
                .expireAfterWrite(KNOWN)
                .ticker(() -> Duration.ofMillis(clock.millis()).toNanos())
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns the limits of one attempt.
     *
     * @param account the user's id, so that username and e-mail count as one; for an unknown login, {@link
     *     Usernames#key} of it
     * @param from the client's address
     */
    PasswordGate gate(String account, InetAddress from) {
        return new Gate(account, NetworkKey.of(from).text());
    }

    /** Returns the decision of the gate's {@link PasswordGate#enter}. Counts nothing. */
    Decision check(String account, InetAddress from) {
        return new Gate(account, NetworkKey.of(from).text()).decide();
    }

    private static Budget everywhere(Budget budget) {
        return new Budget(Math.min(budget.attempts() * ADDRESSES_PER_ACCOUNT, MAX_ATTEMPTS), budget.windowSeconds());
    }

    private final class Gate implements PasswordGate {
        private final String user;
        private final String network;
        private final String pair;

        Gate(String user, String network) {
            this.user = user;
            this.network = network;
            this.pair = network + ' ' + user;
        }

        Decision decide() {
            Decision here = here();
            return known.getIfPresent(pair) == null ? here.and(account.check(user)) : here;
        }

        private Decision here() {
            return accountAtAddress.check(pair).and(address.check(network));
        }

        @Override
        public void enter() {
            (shared.isPresent() ? here() : decide()).orThrow();
        }

        @Override
        public void enterToHash() {
            enter();
            shared.ifPresent(all ->
                    all.check(pair, network, user).orElseGet(this::decide).orThrow());
        }

        @Override
        public void failed() {
            accountAtAddress.failure(pair);
            address.failure(network);
            account.failure(user);
            shared.ifPresent(all -> all.failed(pair, network, user));
        }

        @Override
        public void succeeded() {
            int failures = accountAtAddress.success(pair);
            address.refund(network, failures);
            account.refund(user, failures);
            known.put(pair, true);
            shared.ifPresent(all -> all.succeeded(pair, network, user));
        }
    }
}
