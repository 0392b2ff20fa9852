package io.verstak.server.account;

import io.verstak.server.config.RateLimitsConfig;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.DeviceStore;
import io.verstak.server.storage.UserStore;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;

/** The objects of this package, made once and wired to each other. */
public final class AccountServices implements AutoCloseable {
    private final HashPool hashPool = new HashPool();
    private final Passwords passwords;
    private final Tokens tokens;
    private final DeviceTokens deviceTokens;
    private final DeviceActivity activity;
    private final Logins logins;
    private final Devices devices;

    public AccountServices(
            Vertx vertx, Database database, RateLimitsConfig rateLimits, Clock clock, SecureRandom random) {
        UserStore userStore = new UserStore(database);
        DeviceStore deviceStore = new DeviceStore(database);
        passwords = new Passwords(hashPool, random);
        tokens = new Tokens(random);
        deviceTokens = new DeviceTokens(vertx, deviceStore);
        activity = new DeviceActivity(deviceStore, clock);
        logins = new Logins(userStore, passwords, throttle(rateLimits, clock, random));
        devices = new Devices(logins, userStore, deviceStore, deviceTokens, tokens, clock);
    }

    private static Logins.Throttle throttle(RateLimitsConfig rateLimits, Clock clock, SecureRandom random) {
        if (!rateLimits.enabled()) {
            return (account, address) -> PasswordGate.OPEN;
        }
        PasswordThrottle throttle = new PasswordThrottle(rateLimits.login(), clock, random);
        return throttle::gate;
    }

    /** For the listeners, which ask with every request. */
    public DeviceTokens deviceTokens() {
        return deviceTokens;
    }

    /** For the listeners, which tell with every request. */
    public DeviceActivity activity() {
        return activity;
    }

    public Passwords passwords() {
        return passwords;
    }

    public Tokens tokens() {
        return tokens;
    }

    Logins logins() {
        return logins;
    }

    Devices devices() {
        return devices;
    }

    @Override
    public void close() {
        hashPool.close();
    }
}
