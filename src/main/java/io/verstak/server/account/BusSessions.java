package io.verstak.server.account;

import io.verstak.server.account.Accounts.Credentials;
import io.verstak.server.account.Accounts.DeviceView;
import io.verstak.server.account.BusAccounts.Revocation;
import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@link Sessions} of the other verticles: asks the account verticle. */
public final class BusSessions implements Sessions {
    private static final Address<SignIn, SignedIn> SIGN_IN = new Address<>("session.sign-in");
    private static final Address<Caller, Void> SIGN_OUT = new Address<>("session.sign-out");
    private static final Address<Others, Void> SIGN_OUT_OTHERS = new Address<>("session.sign-out-others");
    private static final Address<SessionIdentity, List<SessionView>> SESSIONS = new Address<>("session.list");
    private static final Address<PasswordChange, Void> CHANGE_PASSWORD = new Address<>("session.change-password");
    private static final Address<SessionIdentity, List<DeviceView>> DEVICES = new Address<>("session.devices");
    private static final Address<Revocation, Void> REVOKE = new Address<>("session.revoke-device");

    /** Somebody who wants a session. */
    record SignIn(Credentials credentials, String userAgent) {}

    /** A session and where its request came from. */
    record Caller(SessionIdentity session, InetAddress address) {}

    /**
     * A session whose user wants all others ended.
     *
     * @param administratorToken of this browser; empty: there is none
     */
    record Others(Caller caller, String administratorToken) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Others";
        }
    }

    /** Another password for the user of a session. */
    record PasswordChange(Caller caller, String oldPassword, String newPassword) {}

    private final Bus bus;

    public BusSessions(Bus bus) {
        this.bus = bus;
    }

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, UserSessions sessions, PasswordChanges passwords, Devices devices) {
        return Future.all(List.of(
                bus.serve(SIGN_IN, sessions::signIn),
                bus.serve(SIGN_OUT, sessions::signOut),
                bus.serve(SIGN_OUT_OTHERS, sessions::signOutOthers),
                bus.serve(SESSIONS, sessions::list),
                bus.serve(CHANGE_PASSWORD, passwords::change),
                bus.serve(DEVICES, session -> devices.list(session.owner())),
                bus.serve(REVOKE, devices::revoke)));
    }

    @Override
    public Future<SignedIn> signIn(Credentials credentials, @Nullable String userAgent) {
        return bus.request(SIGN_IN, new SignIn(credentials, userAgent == null ? "" : userAgent));
    }

    @Override
    public Future<Void> signOut(SessionIdentity session, InetAddress address) {
        return bus.request(SIGN_OUT, new Caller(session, address));
    }

    @Override
    public Future<Void> signOutOthers(SessionIdentity session, String administratorToken, InetAddress address) {
        return bus.request(SIGN_OUT_OTHERS, new Others(new Caller(session, address), administratorToken));
    }

    @Override
    public Future<List<SessionView>> sessions(SessionIdentity session) {
        return bus.request(SESSIONS, session);
    }

    @Override
    public Future<Void> changePassword(
            SessionIdentity session, String oldPassword, String newPassword, InetAddress address) {
        return bus.request(CHANGE_PASSWORD, new PasswordChange(new Caller(session, address), oldPassword, newPassword));
    }

    @Override
    public Future<List<DeviceView>> devices(SessionIdentity session) {
        return bus.request(DEVICES, session);
    }

    @Override
    public Future<Void> revokeDevice(SessionIdentity session, String deviceId, String password, InetAddress address) {
        return bus.request(REVOKE, new Revocation(session.owner(), deviceId, password, address));
    }
}
