package io.verstak.server.account;

import io.verstak.server.config.RateLimitsConfig;
import io.verstak.server.config.RateLimitsConfig.Budget;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/** Every limit on tries, as configured. */
final class Limits {
    /** Mails that strangers can make the server send to one address. More would void links faster than they are read. */
    private static final Budget MAILS_TO_ONE = new Budget(5, 3600);

    private final Optional<PasswordThrottle> login;
    private final Optional<RateLimiter> mails;
    private final AddressLimit register;
    private final AddressLimit forgot;
    private final AddressLimit reset;
    private final AddressLimit confirm;
    private final AddressLimit bearer;

    Limits(RateLimitsConfig config, Clock clock, SecureRandom random) {
        boolean on = config.enabled();
        login = on ? Optional.of(new PasswordThrottle(config.login(), clock, random)) : Optional.empty();
        mails = on ? Optional.of(new RateLimiter(MAILS_TO_ONE, clock, random)) : Optional.empty();
        register = on ? AddressLimit.of(config.register(), clock, random) : AddressLimit.NONE;
        forgot = on ? AddressLimit.of(config.forgot(), clock, random) : AddressLimit.NONE;
        reset = on ? AddressLimit.of(config.reset(), clock, random) : AddressLimit.NONE;
        confirm = on ? AddressLimit.of(config.confirm(), clock, random) : AddressLimit.NONE;
        bearer = on ? AddressLimit.of(config.bearer(), clock, random) : AddressLimit.NONE;
    }

    /** What a password check passes through; see {@link PasswordThrottle#gate}. */
    PasswordGate gate(String account, InetAddress from) {
        return login.map(throttle -> throttle.gate(account, from)).orElse(PasswordGate.OPEN);
    }

    /** Whether one more mail may go to an address that a stranger has named. Counts it. */
    boolean mayMail(EmailAddress recipient) {
        return mails.map(limit -> limit.attempt(recipient.key()).allowed()).orElse(true);
    }

    AddressLimit register() {
        return register;
    }

    AddressLimit forgot() {
        return forgot;
    }

    AddressLimit reset() {
        return reset;
    }

    AddressLimit confirm() {
        return confirm;
    }

    AddressLimit bearer() {
        return bearer;
    }
}
