package io.verstak.server.auth.limit;

import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.config.RateLimitsConfig;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.domain.EmailAddress;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All limits on attempts, as currently configured. Counts of an unchanged limit survive a change of the configuration. Several nodes
 * count together, but for wrong tokens.
 */
public final class Limits {
    /** Mails that strangers can trigger to one address. More would invalidate links faster than they are read. */
    private static final Budget MAILS_TO_ONE = new Budget(5, 3600);

    private final Supplier<RateLimitsConfig> config;
    private final Clock clock;
    private final SecureRandom random;
    private final Optional<SharedBuckets> shared;
    private final RateLimiter mails;
    private final Optional<SharedBuckets.Limit> mailsOfAll;
    private volatile Built built;

    /** The limits of one configuration. */
    private record Built(
            RateLimitsConfig config,
            Optional<PasswordThrottle> login,
            Optional<PasswordThrottle> codes,
            AddressLimit register,
            AddressLimit forgot,
            AddressLimit reset,
            AddressLimit confirm,
            AddressLimit bearer) {}

    /** @param shared what all nodes count together, if there are several */
    public Limits(Supplier<RateLimitsConfig> config, Optional<SharedBuckets> shared, Clock clock, SecureRandom random) {
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.shared = shared;
        this.mailsOfAll = shared.map(all -> all.limit("mails", MAILS_TO_ONE));
        this.mails = new RateLimiter(MAILS_TO_ONE, clock, random);
        this.built = build(config.get(), Optional.empty());
    }

    private Built now() {
        Built current = built;
        RateLimitsConfig wanted = config.get();
        return wanted.equals(current.config()) ? current : change(wanted);
    }

    private synchronized Built change(RateLimitsConfig wanted) {
        if (!wanted.equals(built.config())) {
            built = build(wanted, Optional.of(built).filter(old -> old.config().enabled()));
        }
        return built;
    }

    private Built build(RateLimitsConfig wanted, Optional<Built> before) {
        if (!wanted.enabled()) {
            AddressLimit none = AddressLimit.NONE;
            return new Built(wanted, Optional.empty(), Optional.empty(), none, none, none, none, none);
        }
        Optional<PasswordThrottle> login = before.filter(
                        old -> old.config().login().equals(wanted.login()))
                .flatMap(Built::login)
                .or(() -> Optional.of(new PasswordThrottle(wanted.login(), clock, random, shared)));
        Optional<PasswordThrottle> codes = before.filter(
                        old -> old.config().login().equals(wanted.login()))
                .flatMap(Built::codes)
                .or(() -> Optional.of(PasswordThrottle.ofCodes(wanted.login(), clock, random, shared)));
        return new Built(
                wanted,
                login,
                codes,
                limit("register", wanted, before, RateLimitsConfig::register, Built::register),
                limit("forgot", wanted, before, RateLimitsConfig::forgot, Built::forgot),
                limit("reset", wanted, before, RateLimitsConfig::reset, Built::reset),
                limit("confirm", wanted, before, RateLimitsConfig::confirm, Built::confirm),
                limit("", wanted, before, RateLimitsConfig::bearer, Built::bearer));
    }

    /** @param name among the limits of all nodes; empty: each node counts for itself */
    private AddressLimit limit(
            String name,
            RateLimitsConfig wanted,
            Optional<Built> before,
            Function<RateLimitsConfig, Budget> budget,
            Function<Built, AddressLimit> limit) {
        return before.filter(old -> budget.apply(old.config()).equals(budget.apply(wanted)))
                .map(limit)
                .orElseGet(() -> AddressLimit.of(
                        budget.apply(wanted),
                        shared.filter(all -> !name.isEmpty()).map(all -> all.limit(name, budget.apply(wanted))),
                        clock,
                        random));
    }

    /** Returns the gate of a password check; see {@link PasswordThrottle#gate}. */
    public PasswordGate gate(String account, InetAddress from) {
        return now().login().map(throttle -> throttle.gate(account, from)).orElse(PasswordGate.OPEN);
    }

    /**
     * Returns the gate of a code of a second factor. Right passwords do not clear what was counted, and an account has only a hundred wrong
     * codes on a day, but for addresses from which a right one came.
     *
     * @param owner whose second factor it is
     */
    public PasswordGate codeGate(String owner, InetAddress from) {
        return now().codes().map(throttle -> throttle.gate(owner, from)).orElse(PasswordGate.OPEN);
    }

    /** Counts a mail to an address named by a stranger. Returns whether it may be sent. Never fails. */
    public Future<Boolean> mayMail(EmailAddress recipient) {
        if (!now().config().enabled()) {
            return Future.succeededFuture(true);
        }
        if (!mails.attempt(recipient.key()).allowed()) {
            return Future.succeededFuture(false);
        }
        return mailsOfAll
                .map(all -> all.attempt(recipient.key()).map(Decision::allowed))
                .orElse(Future.succeededFuture(true));
    }

    public AddressLimit register() {
        return now().register();
    }

    public AddressLimit forgot() {
        return now().forgot();
    }

    public AddressLimit reset() {
        return now().reset();
    }

    public AddressLimit confirm() {
        return now().confirm();
    }

    public AddressLimit bearer() {
        return now().bearer();
    }
}
