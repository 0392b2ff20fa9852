package io.verstak.server.account;

import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/**
 * Users' sessions, as described in section 5 of the wire contract. May be called on any context; futures complete there.
 * A sign-in refuses as described at {@link Devices}.
 */
public interface Sessions {

    /**
     * A new session, or the next step on the way to it.
     *
     * @param token 64 hexadecimal digits, valid for 24 hours; the server keeps no copy. Empty: the user has a second factor
     * @param step the sealed state for {@link #secondStep}; empty: there is a session
     */
    record SignedIn(String userId, String token, String step) {
        /** Without the token and the state. */
        @Override
        public String toString() {
            return "SignedIn[%s]".formatted(userId);
        }
    }

    /**
     * The client of a new session.
     *
     * @param browser what its cookie holds, by which it is known again; empty for a program without cookies
     */
    record Client(InetAddress address, String userAgent, String browser) {
        /** Creates a client without cookies. */
        public Client(InetAddress address, String userAgent) {
            this(address, userAgent, "");
        }

        /** Without the cookie. */
        @Override
        public String toString() {
            return "Client[%s, %s]".formatted(address, userAgent);
        }
    }

    /**
     * A session as its user sees it. Times are milliseconds since the epoch.
     *
     * @param method how the user signed in: words with blanks between them
     * @param current whether it is the session of the request
     */
    record SessionView(
            String id,
            String address,
            String userAgent,
            String method,
            long createdAt,
            long lastUsedAt,
            boolean current) {}

    /**
     * Creates a session, a new one with every login, or asks for the second step of who has a second factor.
     */
    Future<SignedIn> signIn(Credentials credentials, Client client);

    /**
     * Creates a session after the second step.
     *
     * @param step of the first one
     * @param code of the authenticator app, or a recovery code. {@code UNAUTHORIZED}: it is wrong or was used, or the state has expired
     */
    Future<SignedIn> secondStep(String step, String code, Client client);

    /**
     * Creates a session of the user whose passkey the browser answered with. Refuses with {@code UNAUTHORIZED} (the answer is wrong, or the
     * passkey is not a user's), {@code INVALID_REQUEST} (it is an answer of before), and as a right password would.
     *
     * @param response of the browser
     */
    Future<SignedIn> signInByPasskey(String response, Client client);

    /** Returns what the browser is asked to complete a sign-in with a passkey; empty: the user has none, or the state has expired. */
    Future<String> passkeyRequest(String step);

    /** Works as {@link #secondStep}, with a passkey. */
    Future<SignedIn> secondStepByPasskey(String step, String response, Client client);

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
