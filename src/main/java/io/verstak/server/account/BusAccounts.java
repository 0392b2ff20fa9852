package io.verstak.server.account;

import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;

/** The {@link Accounts} of the other verticles: asks the account verticle. */
public final class BusAccounts implements Accounts {
    static final Address<Credentials, Void> TEST = new Address<>("account.test");
    static final Address<Pairing, Paired> PAIR = new Address<>("account.pair");
    static final Address<DeviceIdentity, DeviceView> DEVICE = new Address<>("account.device");
    static final Address<RevokeCurrent, Void> REVOKE_CURRENT = new Address<>("account.revoke-current");
    static final Address<Revocation, Void> REVOKE = new Address<>("account.revoke");

    /** A device that wants itself revoked. */
    record RevokeCurrent(DeviceIdentity device, InetAddress address) {}

    /** A device that its user wants revoked. */
    record Revocation(String userId, String deviceId, String password, InetAddress address) {}

    private final Bus bus;

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, Logins logins, Devices devices) {
        return Future.all(
                bus.serve(TEST, credentials -> logins.signIn(credentials).mapEmpty()),
                bus.serve(PAIR, devices::pair),
                bus.serve(DEVICE, devices::view),
                bus.serve(REVOKE_CURRENT, devices::revokeCurrent),
                bus.serve(REVOKE, devices::revoke));
    }

    public BusAccounts(Bus bus) {
        this.bus = bus;
    }

    @Override
    public Future<Void> test(Credentials credentials) {
        return bus.request(TEST, credentials);
    }

    @Override
    public Future<Paired> pair(Pairing pairing) {
        return bus.request(PAIR, pairing);
    }

    @Override
    public Future<DeviceView> device(DeviceIdentity device) {
        return bus.request(DEVICE, device);
    }

    @Override
    public Future<Void> revokeCurrent(DeviceIdentity device, InetAddress address) {
        return bus.request(REVOKE_CURRENT, new RevokeCurrent(device, address));
    }

    @Override
    public Future<Void> revoke(DeviceIdentity caller, String deviceId, String password, InetAddress address) {
        return bus.request(REVOKE, new Revocation(caller.scope().userId(), deviceId, password, address));
    }
}
