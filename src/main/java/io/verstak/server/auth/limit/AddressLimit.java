package io.verstak.server.auth.limit;

import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.domain.NetworkKey;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/** Limits how often one address may try something; an IPv6 address counts as its /64. */
public final class AddressLimit {
    /** A limit that admits everything. */
    static final AddressLimit NONE = new AddressLimit(Optional.empty());

    private final Optional<RateLimiter> limiter;

    private AddressLimit(Optional<RateLimiter> limiter) {
        this.limiter = limiter;
    }

    static AddressLimit of(Budget budget, Clock clock, SecureRandom random) {
        return new AddressLimit(Optional.of(new RateLimiter(budget, clock, random)));
    }

    /** Counts a try. Throws {@code RATE_LIMITED} above the limit. */
    public void attempt(InetAddress from) {
        limiter.ifPresent(limit -> limit.attempt(NetworkKey.of(from).text()).orThrow());
    }

    /** Throws {@code RATE_LIMITED} after too many failed tries. Counts nothing. */
    public void check(InetAddress from) {
        limiter.ifPresent(limit -> limit.check(NetworkKey.of(from).text()).orThrow());
    }

    /** Counts a failed try. */
    public void failed(InetAddress from) {
        limiter.ifPresent(limit -> limit.failure(NetworkKey.of(from).text()));
    }
}
