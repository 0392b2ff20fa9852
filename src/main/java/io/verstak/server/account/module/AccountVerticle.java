package io.verstak.server.account.module;

import io.verstak.server.account.DeviceActivity;
import io.verstak.server.account.UserDeletion;
import io.verstak.server.bus.Bus;
import io.verstak.server.error.Outage;
import io.verstak.server.mail.MailModule;
import io.verstak.server.mail.Outbox;
import io.verstak.server.storage.Leases;
import io.verstak.server.vault.VaultDays;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns users, devices, sessions and the mail outbox. Serves their contracts, and runs their periodic work. */
public final class AccountVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(AccountVerticle.class);
    private final Outage outage = new Outage(LOG, "activity cannot be written");

    private final Bus bus;
    private final AccountModule services;
    private final MailModule mail;
    private final Outbox outbox;
    private final Leases leases;

    public AccountVerticle(Bus bus, AccountModule services, MailModule mail, Leases leases) {
        this.bus = bus;
        this.services = services;
        this.mail = mail;
        this.outbox = mail.outbox();
        this.leases = leases;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(TimeUnit.SECONDS.toMillis(DeviceActivity.INTERVAL_SECONDS), tick -> flush());
        vertx.setPeriodic(
                InvalidationPoller.INTERVAL_MILLIS, tick -> services.changes().look());
        vertx.setPeriodic(
                0,
                UserDeletion.INTERVAL.toMillis(),
                tick -> leases.under(
                        "deletions",
                        lease -> Future.join(
                                services.deletion().run(lease),
                                services.vaults().deletion().run(lease))));
        vertx.setPeriodic(0, VaultDays.INTERVAL.toMillis(), tick -> lookAtVaults());
        vertx.setPeriodic(
                0,
                VaultDays.CLEAN_UP_INTERVAL.toMillis(),
                tick -> leases.under("old vault days", services.vaults().days()::cleanUp));
        outbox.start();
        return services.serve(bus, mail);
    }

    @Override
    public Future<?> stop() {
        return services.finished()
                .compose(done -> outbox.stop())
                .compose(sent -> Future.join(flush(), lookAtVaults()).otherwiseEmpty())
                .onComplete(written -> services.close());
    }

    private Future<?> lookAtVaults() {
        return leases.under("vault days", services.vaults().days()::look);
    }

    private Future<?> flush() {
        return outage.watch(services.flush());
    }
}
