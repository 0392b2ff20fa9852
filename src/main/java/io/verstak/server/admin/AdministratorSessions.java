package io.verstak.server.admin;

import io.verstak.server.account.Credentials;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of administrators, and of users who are administrators, too. May be called on any context; futures complete there.
 * Every call but {@link #signOut} can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}.
 */
public interface AdministratorSessions {

    /**
     * Tokens of sessions, 64 hexadecimal digits each, of which the server keeps no copy.
     *
     * @param administrator for the administrators' pages; empty: the user is no administrator
     * @param user for the user's own pages; empty: the administrator is no user
     */
    record SignedIn(String administrator, String user) {
        /** Without the tokens. */
        @Override
        public String toString() {
            return "SignedIn";
        }
    }

    /**
     * Makes a session, and with it one of the user who the administrator is, too. Refuses with {@code UNAUTHORIZED}, alike for
     * an unknown name and a wrong password, and with {@code FORBIDDEN} (that user is blocked).
     */
    Future<SignedIn> signIn(Credentials credentials, @Nullable String userAgent);

    /** Makes a session of the administrator who the user is, too, who has just begun this session; {@code user} is empty. */
    Future<SignedIn> signInAfter(String userToken, Client client);

    /**
     * Ends the session; it is refused from the next request on. So is that of the user who the administrator is, too.
     *
     * @param userToken of this browser; empty: there is none
     */
    Future<Void> signOut(SessionIdentity session, String userToken, InetAddress address);

    /** Ends the session of the administrator who the user is, too, in this browser. */
    Future<Void> signOutAfter(SessionIdentity user, String administratorToken, InetAddress address);

    /** Whether the administrator is a user, too. */
    Future<Boolean> hasOwnAccount(SessionIdentity session);

    /**
     * Makes a user of the administrator's name and password, with a session. Refuses with {@code FORBIDDEN} (wrong password),
     * {@code INVALID_REQUEST} (no address, or a name that users may not have) and {@code CONFLICT}.
     *
     * @return the token of the user's session
     */
    Future<String> createOwnAccount(SessionIdentity session, String password, String email, Client client);

    /**
     * Makes a user who is there the same person as the administrator, whose password holds for both from then on. Refuses with
     * {@code FORBIDDEN} (wrong password of the administrator), {@code UNAUTHORIZED} (wrong login or password of the user) and
     * {@code CONFLICT}.
     *
     * @param account with which the user signs in
     * @return the token of the user's session
     */
    Future<String> joinOwnAccount(SessionIdentity session, String password, Credentials account, Client client);

    /**
     * Checks the administrator's password again. Fails with {@code FORBIDDEN} if it is wrong; the same limits count as at sign-in.
     */
    Future<Void> requirePassword(SessionIdentity administrator, String password, InetAddress address);
}
