package io.verstak.server.account;

import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@link AdministratorSessions} of the other verticles: asks the account verticle. */
public final class BusAdministratorSessions implements AdministratorSessions {
    private static final Address<SignIn, SignedIn> SIGN_IN = new Address<>("administrator.sign-in");
    private static final Address<After, SignedIn> SIGN_IN_AFTER = new Address<>("administrator.sign-in-after");
    private static final Address<End, Void> SIGN_OUT = new Address<>("administrator.sign-out");
    private static final Address<End, Void> SIGN_OUT_AFTER = new Address<>("administrator.sign-out-after");
    private static final Address<SessionIdentity, Boolean> HAS_OWN = new Address<>("administrator.has-own-account");
    private static final Address<Own<String>, String> CREATE_OWN = new Address<>("administrator.create-own-account");
    private static final Address<Own<Credentials>, String> JOIN_OWN = new Address<>("administrator.join-own-account");
    private static final Address<Presented, Boolean> CAN_SET_UP = new Address<>("administrator.can-set-up");
    private static final Address<Setup, Void> SET_UP = new Address<>("administrator.set-up");

    private record SignIn(Credentials credentials, String userAgent) {}

    private record After(String userToken, Client client) {}

    private record End(SessionIdentity session, String otherToken, InetAddress address) {}

    private record Own<T>(SessionIdentity session, String password, T what, Client client) {}

    private record Presented(String token, InetAddress address) {}

    private final Bus bus;

    public BusAdministratorSessions(Bus bus) {
        this.bus = bus;
    }

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, OneIdentity to) {
        return Future.all(List.of(
                bus.serve(
                        SIGN_IN,
                        ask -> to.signIn(ask.credentials, new Client(ask.credentials.address(), ask.userAgent))),
                bus.serve(SIGN_IN_AFTER, ask -> to.signInAfter(ask.userToken, ask.client)),
                bus.serve(SIGN_OUT, end -> to.signOut(end.session, end.otherToken, end.address)),
                bus.serve(SIGN_OUT_AFTER, end -> to.signOutAfter(end.session, end.otherToken, end.address)),
                bus.serve(HAS_OWN, to::hasOwnAccount),
                bus.serve(CREATE_OWN, own -> to.create(own.session, own.password, own.what, own.client)),
                bus.serve(JOIN_OWN, own -> to.join(own.session, own.password, own.what, own.client)),
                bus.serve(CAN_SET_UP, shown -> to.administrators().canSetUp(shown.token, shown.address)),
                bus.serve(SET_UP, setup -> to.administrators().setUp(setup))));
    }

    @Override
    public Future<SignedIn> signIn(Credentials credentials, @Nullable String userAgent) {
        return bus.request(SIGN_IN, new SignIn(credentials, userAgent == null ? "" : userAgent));
    }

    @Override
    public Future<SignedIn> signInAfter(String userToken, Client client) {
        return bus.request(SIGN_IN_AFTER, new After(userToken, client));
    }

    @Override
    public Future<Void> signOut(SessionIdentity session, String userToken, InetAddress address) {
        return bus.request(SIGN_OUT, new End(session, userToken, address));
    }

    @Override
    public Future<Void> signOutAfter(SessionIdentity user, String administratorToken, InetAddress address) {
        return bus.request(SIGN_OUT_AFTER, new End(user, administratorToken, address));
    }

    @Override
    public Future<Boolean> hasOwnAccount(SessionIdentity session) {
        return bus.request(HAS_OWN, session);
    }

    @Override
    public Future<String> createOwnAccount(SessionIdentity session, String password, String email, Client client) {
        return bus.request(CREATE_OWN, new Own<>(session, password, email, client));
    }

    @Override
    public Future<String> joinOwnAccount(SessionIdentity session, String password, Credentials account, Client client) {
        return bus.request(JOIN_OWN, new Own<>(session, password, account, client));
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
