package io.verstak.server.account;

import io.verstak.server.account.BusSessions.Caller;
import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.Scope;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** The {@link OwnVaults} of the other verticles: asks the account verticle. */
public final class BusOwnVaults implements OwnVaults {
    private static final Address<SessionIdentity, List<VaultView>> VAULTS = new Address<>("own-vaults.list");
    private static final Address<SessionIdentity, Overview> OVERVIEW = new Address<>("own-vaults.overview");

    private static final Address<Wanted, Scope> EXPORT = new Address<>("own-vaults.export");

    /** A vault that its user wants to have. */
    record Wanted(Caller caller, String vaultId) {}

    private final Bus bus;

    public BusOwnVaults(Bus bus) {
        this.bus = bus;
    }

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, UserVaults vaults) {
        return Future.all(
                bus.serve(VAULTS, vaults::list),
                bus.serve(OVERVIEW, vaults::overview),
                bus.serve(EXPORT, vaults::export));
    }

    @Override
    public Future<List<VaultView>> vaults(SessionIdentity session) {
        return bus.request(VAULTS, session);
    }

    @Override
    public Future<Overview> overview(SessionIdentity session) {
        return bus.request(OVERVIEW, session);
    }

    @Override
    public Future<Scope> export(SessionIdentity session, String vaultId, InetAddress address) {
        return bus.request(EXPORT, new Wanted(new Caller(session, address), vaultId));
    }
}
