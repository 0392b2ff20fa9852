package io.verstak.server.admin;

import io.verstak.server.account.Credentials;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.StepUp;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;

/**
 * Sessions of administrators, and of users with the identity of an administrator. May be called on any context; futures complete there.
 * Every call but {@link #signOut} can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}.
 */
public interface AdministratorSessions {

    /**
     * Tokens of sessions, 64 hexadecimal digits each, of which the server keeps no copy.
     *
     * @param administrator for the administrators' pages; empty if the user is not an administrator, or another step is needed
     * @param user for the user's own pages; empty if the administrator has no user account
     * @param step the sealed state for {@link #secondStep}; empty: no other step is needed
     */
    record SignedIn(String administrator, String user, String step) {
        /** Without the tokens and the state. */
        @Override
        public String toString() {
            return "SignedIn";
        }
    }

    /**
     * Creates a session, and one of the administrator's user account if there is one, or asks for the second step of who has a second
     * factor. Refuses with {@code UNAUTHORIZED},
     * identically for an unknown name and a wrong password, and with {@code FORBIDDEN} (the user account is blocked).
     */
    Future<SignedIn> signIn(Credentials credentials, Client client);

    /**
     * Creates the sessions after the second step. Refuses with {@code UNAUTHORIZED} if the code is wrong or was used, or the state has
     * expired.
     */
    Future<SignedIn> secondStep(String step, String code, Client client);

    /** Works as {@link io.verstak.server.account.Sessions#signInByPasskey}, for administrators. */
    Future<SignedIn> signInByPasskey(String response, Client client);

    /** Works as {@link io.verstak.server.account.Sessions#passkeyRequest}, for administrators. */
    Future<String> passkeyRequest(String step);

    /** Works as {@link #secondStep}, with a passkey. */
    Future<SignedIn> secondStepByPasskey(String step, String response, Client client);

    /** Creates a session of the administrator with the identity of a user who has just signed in; {@code user} is empty. */
    Future<SignedIn> signInAfter(String userToken, Client client);

    /**
     * Ends the session; it is refused from the next request on. So is that of the user who the administrator is, too.
     *
     * @param userToken of this browser; empty: there is none
     */
    Future<Void> signOut(SessionIdentity session, String userToken, InetAddress address);

    /** Ends the session, in this browser, of the administrator with the same identity as the user. */
    Future<Void> signOutAfter(SessionIdentity user, String administratorToken, InetAddress address);

    /** Returns whether the administrator has a user account. */
    Future<Boolean> hasOwnAccount(SessionIdentity session);

    /**
     * Makes a user of the administrator's name and password, with a session. Refuses with {@code FORBIDDEN} (wrong password),
     * {@code INVALID_REQUEST} (no address, or a name that users may not have) and {@code CONFLICT}.
     *
     * @return the token of the user's session
     */
    Future<String> createOwnAccount(Proof proof, String email, Client client);

    /**
     * Makes a user who is there the same person as the administrator, whose password holds for both from then on. Refuses with
     * {@code FORBIDDEN} (wrong password of the administrator), {@code UNAUTHORIZED} (wrong login or password of the user) and
     * {@code CONFLICT}.
     *
     * @param account with which the user signs in
     * @param code of the user's second factor; refused with {@code FORBIDDEN} if it is missing, with {@code UNAUTHORIZED} if it is wrong
     * @return the token of the user's session
     */
    Future<String> joinOwnAccount(Proof proof, Credentials account, String code, Client client);

    /** Succeeds if the session is confirmed, at the latest by this proof. Fails as {@link StepUp} does. */
    Future<Void> require(Proof proof);
}
