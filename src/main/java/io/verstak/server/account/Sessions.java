package io.verstak.server.account;

import io.verstak.server.account.Accounts.Credentials;
import io.verstak.server.account.Accounts.DeviceView;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signing in, and what a signed-in user may do, as the wire contract's section 5 has it. May be called on any context; the
 * futures complete there. Calls that take a password refuse as those of {@link Accounts} do.
 */
public interface Sessions {

    /**
     * Somebody who signed in.
     *
     * @param token 64 hexadecimal digits, good for 24 hours; the server keeps no copy
     */
    record SignedIn(String userId, String token) {}

    /**
     * A session as its user sees it. Times are milliseconds since the epoch.
     *
     * @param current whether it is the one that asks
     */
    record SessionView(String id, String address, String userAgent, long createdAt, long lastUsedAt, boolean current) {}

    /**
     * Makes a session; there is a new one with every login.
     *
     * @param userAgent what the client calls itself, for the user's list of sessions
     */
    Future<SignedIn> signIn(Credentials credentials, @Nullable String userAgent);

    /** Ends the session; it is refused from the next request on. */
    Future<Void> signOut(SessionIdentity session, InetAddress address);

    /** Ends all other sessions of the user. */
    Future<Void> signOutOthers(SessionIdentity session, InetAddress address);

    /** The user's sessions that are not over. */
    Future<List<SessionView>> sessions(SessionIdentity session);

    /**
     * Chooses another password, which ends all other sessions, and tells the owner by mail. Refuses with {@code FORBIDDEN}
     * (wrong old password) and {@code INVALID_REQUEST} (the new one is not allowed).
     */
    Future<Void> changePassword(SessionIdentity session, String oldPassword, String newPassword, InetAddress address);

    /** All devices of the user, revoked ones too. */
    Future<List<DeviceView>> devices(SessionIdentity session);

    /** As {@link Accounts#revoke}. */
    Future<Void> revokeDevice(SessionIdentity session, String deviceId, String password, InetAddress address);
}
