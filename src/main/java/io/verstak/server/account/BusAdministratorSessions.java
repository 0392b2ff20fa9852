package io.verstak.server.account;

import io.verstak.server.account.Accounts.Credentials;
import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The {@link AdministratorSessions} of the other verticles: asks the account verticle. */
public final class BusAdministratorSessions implements AdministratorSessions {
    private static final Address<SignIn, String> SIGN_IN = new Address<>("administrator.sign-in");
    private static final Address<Caller, Void> SIGN_OUT = new Address<>("administrator.sign-out");
    private static final Address<Presented, Boolean> CAN_SET_UP = new Address<>("administrator.can-set-up");
    private static final Address<Setup, Void> SET_UP = new Address<>("administrator.set-up");

    private record SignIn(Credentials credentials, String userAgent) {}

    private record Caller(SessionIdentity session, InetAddress address) {}

    private record Presented(String token, InetAddress address) {}

    private final Bus bus;

    public BusAdministratorSessions(Bus bus) {
        this.bus = bus;
    }

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, Administrators administrators) {
        return Future.all(
                bus.serve(SIGN_IN, signIn -> administrators.signIn(signIn.credentials, signIn.userAgent)),
                bus.serve(SIGN_OUT, caller -> administrators.signOut(caller.session, caller.address)),
                bus.serve(CAN_SET_UP, shown -> administrators.canSetUp(shown.token, shown.address)),
                bus.serve(SET_UP, administrators::setUp));
    }

    @Override
    public Future<String> signIn(Credentials credentials, @Nullable String userAgent) {
        return bus.request(SIGN_IN, new SignIn(credentials, userAgent == null ? "" : userAgent));
    }

    @Override
    public Future<Void> signOut(SessionIdentity session, InetAddress address) {
        return bus.request(SIGN_OUT, new Caller(session, address));
    }

    @Override
    public Future<Boolean> canSetUp(String token, InetAddress address) {
        return bus.request(CAN_SET_UP, new Presented(token, address));
    }

    @Override
    public Future<Void> setUp(Setup setup) {
        return bus.request(SET_UP, setup);
    }
}
