package io.verstak.server.auth.limit;

import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.domain.NetworkKey;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/**
 * Limits how often one address may try something; an IPv6 address counts as its /64. With several nodes, each counts for itself first, and
 * then all together.
 */
public final class AddressLimit {
    /** A limit that admits everything. */
    static final AddressLimit NONE = new AddressLimit(Optional.empty(), Optional.empty());

    private final Optional<RateLimiter> limiter;
    private final Optional<SharedBuckets.Limit> shared;

    private AddressLimit(Optional<RateLimiter> limiter, Optional<SharedBuckets.Limit> shared) {
        this.limiter = limiter;
        this.shared = shared;
    }

    /** @param shared the same limit over all nodes, if there are several */
    static AddressLimit of(Budget budget, Optional<SharedBuckets.Limit> shared, Clock clock, SecureRandom random) {
        return new AddressLimit(Optional.of(new RateLimiter(budget, clock, random)), shared);
    }

    /** Counts a try. Throws {@code RATE_LIMITED} above the limit of this node; the future fails with it above that of all. */
    public Future<Void> attempt(InetAddress from) {
        String network = NetworkKey.of(from).text();
        limiter.ifPresent(limit -> limit.attempt(network).orThrow());
        return shared.map(all -> all.attempt(network).compose(AddressLimit::refuse))
                .orElse(Future.succeededFuture());
    }

    /** As {@link #checkHere}, and asks for the failed tries at all nodes: the future fails with {@code RATE_LIMITED}. */
    public Future<Void> check(InetAddress from) {
        checkHere(from);
        return shared.map(all -> all.check(NetworkKey.of(from).text()).compose(AddressLimit::refuse))
                .orElse(Future.succeededFuture());
    }

    /** Counts a failed try at all nodes. Never fails. */
    public Future<Void> failed(InetAddress from) {
        failedHere(from);
        return shared.map(all -> all.failure(NetworkKey.of(from).text())).orElse(Future.succeededFuture());
    }

    private static Future<Void> refuse(Decision decision) {
        try {
            decision.orThrow();
            return Future.succeededFuture();
        } catch (RuntimeException refusal) {
            return Future.failedFuture(refusal);
        }
    }

    /** Throws {@code RATE_LIMITED} after too many failed tries at this node. Counts nothing. */
    public void checkHere(InetAddress from) {
        limiter.ifPresent(limit -> limit.check(NetworkKey.of(from).text()).orThrow());
    }

    /** Counts a failed try at this node. */
    public void failedHere(InetAddress from) {
        limiter.ifPresent(limit -> limit.failure(NetworkKey.of(from).text()));
    }
}
