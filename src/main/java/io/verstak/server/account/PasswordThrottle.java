package io.verstak.server.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.config.RateLimitsConfig.Budget;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/**
 * The one budget that all calls which check a password share: login, pair, auth test, device register and the rest.
 *
 * <p>Three limits stand side by side, and a failure counts in each:
 *
 * <ol>
 *   <li><b>Account at an address.</b> Guesses at one account. Its key holds the address too, so that nobody who fails
 *       elsewhere can lock the owner out.
 *   <li><b>Address.</b> One guess each at many accounts.
 *   <li><b>Account, everywhere.</b> One account guessed at from many addresses. It allows so many times more that no single
 *       address can use it up, and it does not hold for an address from which the account's password was given rightly in
 *       the last {@value #KNOWN_DAYS} days: the owner at home signs in during an attack, a stranger waits.
 * </ol>
 *
 * <p>An IPv6 address counts as its /64. A success clears the account's failures at that address, and takes just these back
 * from the other two limits: who owns an account cannot use it to wash away guesses at others.
 *
 * <p>Bounded memory, safe for every thread, never blocks.
 */
public final class PasswordThrottle {
    /** How many addresses must have used up their own limit before the one of the account everywhere is reached. */
    private static final int ADDRESSES_PER_ACCOUNT = 20;

    private static final int KNOWN_DAYS = 30;
    private static final int MAX_KNOWN = 1 << 14;
    private static final int MAX_ATTEMPTS = 1_000_000;

    private final RateLimiter accountAtAddress;
    private final RateLimiter address;
    private final RateLimiter account;
    private final Cache<String, Boolean> known;

    /** @param budget failures allowed for an account at an address, and for an address */
    public PasswordThrottle(Budget budget, Clock clock, SecureRandom random) {
        this.accountAtAddress = new RateLimiter(budget, clock, random);
        this.address = new RateLimiter(budget, clock, random);
        this.account = new RateLimiter(everywhere(budget), clock, random);
        this.known = Caffeine.newBuilder()
                .maximumSize(MAX_KNOWN)
                .expireAfterWrite(Duration.ofDays(KNOWN_DAYS))
                .ticker(() -> Duration.ofMillis(clock.millis()).toNanos())
                .executor(Runnable::run)
                .build();
    }

    /**
     * The limits for one attempt.
     *
     * @param account the user's id, so that username and e-mail count as one; for a login that is nobody's, {@link
     *     Usernames#key} of it
     * @param from the client's address
     */
    public PasswordGate gate(String account, InetAddress from) {
        return new Gate(account, NetworkKey.of(from));
    }

    /** As the gate's {@link PasswordGate#enter} would decide. Counts nothing. */
    public Decision check(String account, InetAddress from) {
        return new Gate(account, NetworkKey.of(from)).decide();
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
            Decision here = accountAtAddress.check(pair).and(address.check(network));
            return known.getIfPresent(pair) == null ? here.and(account.check(user)) : here;
        }

        @Override
        public void enter() {
            decide().orThrow();
        }

        @Override
        public void failed() {
            accountAtAddress.failure(pair);
            address.failure(network);
            account.failure(user);
        }

        @Override
        public void succeeded() {
            int failures = accountAtAddress.success(pair);
            address.refund(network, failures);
            account.refund(user, failures);
            known.put(pair, true);
        }
    }
}
