package io.verstak.server.account;

import io.verstak.server.account.Accounts.Credentials;
import io.verstak.server.account.Accounts.DeviceView;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sign-in and actions of a signed-in user, as described in section 5 of the wire contract. May be called on any
 * context; futures complete there. Calls with a password refuse as those of {@link Accounts} do.
 */
public interface Sessions {

    /**
     * A new session.
     *
     * @param token 64 hexadecimal digits, valid for 24 hours; the server keeps no copy
     */
    record SignedIn(String userId, String token) {}

    /**
     * A session as its user sees it. Times are milliseconds since the epoch.
     *
     * @param current whether it is the session of the request
     */
    record SessionView(String id, String address, String userAgent, long createdAt, long lastUsedAt, boolean current) {}

    /**
     * Creates a session, a new one with every login.
     *
     * @param userAgent the client's own name, for the list of sessions
     */
    Future<SignedIn> signIn(Credentials credentials, @Nullable String userAgent);

    /** Ends the session, which is refused from the next request on. */
    Future<Void> signOut(SessionIdentity session, InetAddress address);

    /**
     * Ends all other sessions of the user, and of the administrator who the user is, too.
     *
     * @param administratorToken of this browser, whose session stays; empty: there is none
     */
    Future<Void> signOutOthers(SessionIdentity session, String administratorToken, InetAddress address);

    /** Returns the user's active sessions. */
    Future<List<SessionView>> sessions(SessionIdentity session);

    /**
     * Changes the password, which ends all other sessions, and notifies the owner by mail. Refuses with {@code
     * FORBIDDEN} (wrong old password) and {@code INVALID_REQUEST} (the new one is not allowed).
     */
    Future<Void> changePassword(SessionIdentity session, String oldPassword, String newPassword, InetAddress address);

    /** Returns all devices of the user, including revoked ones. */
    Future<List<DeviceView>> devices(SessionIdentity session);

    /** Works as {@link Accounts#revoke}. */
    Future<Void> revokeDevice(SessionIdentity session, String deviceId, String password, InetAddress address);
}
