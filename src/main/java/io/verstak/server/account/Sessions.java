package io.verstak.server.account;

import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users' sessions, as described in section 5 of the wire contract. May be called on any context; futures complete there.
 * A sign-in refuses as described at {@link Devices}.
 */
public interface Sessions {

    /**
     * A new session.
     *
     * @param token 64 hexadecimal digits, valid for 24 hours; the server keeps no copy
     */
    record SignedIn(String userId, String token) {}

    /** The client of a new session. */
    record Client(InetAddress address, String userAgent) {}

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
     * Ends all other sessions of the user, and of the administrator with the same identity.
     *
     * @param administratorToken of this browser, whose session stays; empty: there is none
     */
    Future<Void> signOutOthers(SessionIdentity session, String administratorToken, InetAddress address);

    /** Returns the user's active sessions. */
    Future<List<SessionView>> sessions(SessionIdentity session);

    /**
     * Ends one of the user's sessions by its id, and the sessions of the administrator with the same identity. An unknown id
     * changes nothing.
     *
     * @param administratorToken of this browser, whose session stays; empty: there is none
     */
    Future<Void> endSession(SessionIdentity session, String id, String administratorToken, InetAddress address);
}
