package io.verstak.server.account;

import io.verstak.server.bus.Bus;
import io.verstak.server.mail.Outbox;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns users, devices and the mail outbox; serves {@link Accounts}. */
public final class AccountVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(AccountVerticle.class);

    private final Bus bus;
    private final AccountServices services;
    private final Outbox outbox;

    public AccountVerticle(Bus bus, AccountServices services, Outbox outbox) {
        this.bus = bus;
        this.services = services;
        this.outbox = outbox;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(TimeUnit.SECONDS.toMillis(DeviceActivity.INTERVAL_SECONDS), tick -> flushActivity());
        outbox.start();
        Devices devices = services.devices();
        return Future.all(
                bus.serve(
                        BusAccounts.TEST,
                        credentials -> services.logins().signIn(credentials).mapEmpty()),
                bus.serve(BusAccounts.PAIR, devices::pair),
                bus.serve(BusAccounts.DEVICE, devices::view),
                bus.serve(BusAccounts.REVOKE_CURRENT, device -> devices.revoke(device.deviceId())),
                bus.serve(BusAccounts.REVOKE, devices::revoke));
    }

    @Override
    public Future<?> stop() {
        services.close();
        return outbox.stop().compose(sent -> flushActivity());
    }

    private Future<Void> flushActivity() {
        return services.activity()
                .flush()
                .onFailure(failure -> LOG.warn("device activity could not be written yet: {}", failure.getMessage()));
    }
}
