package io.verstak.server.account.factor.change;

import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/**
 * The authenticator app and the recovery codes of a signed-in person. May be called on any context; futures complete there. Every call can
 * refuse with {@code UNAUTHORIZED} (the owner is gone), {@code RATE_LIMITED} and {@code UNAVAILABLE}.
 *
 * <p>A {@code proof} is the person's password, a code of the app or a recovery code; a wrong one is refused with {@code FORBIDDEN} or {@code
 * UNAUTHORIZED}.
 */
public interface OwnSecondFactor {

    /**
     * Who calls.
     *
     * @param administrator whether it is an administrator's session, and not a user's
     */
    record Caller(boolean administrator, SessionIdentity session, InetAddress address) {}

    /**
     * What the person has.
     *
     * @param since when the app was set up, in milliseconds since the epoch; 0 without an app
     * @param recoveryCodes how many are unused
     * @param confirmed whether the person has proved lately who it is, so that {@link #setUp} and {@link #renewCodes} take an empty proof
     */
    record State(String username, boolean app, long since, long passkeys, int recoveryCodes, boolean confirmed) {}

    /**
     * An authenticator app to set up.
     *
     * @param secret in Base32
     * @param sealed the same for {@link #setUp}, for this session only
     */
    record Offer(String secret, String sealed) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Offer";
        }
    }

    Future<State> state(Caller caller);

    /**
     * Returns an app to set up. Nothing is stored.
     *
     * @param sealed an offer that was made before, to be returned again; a new one is made if it cannot be opened
     */
    Future<Offer> offer(Caller caller, String sealed);

    /**
     * Sets up an app after a code of it was entered. The session may do everything from then on; other sessions of the person that were to
     * set up a second factor end. Refuses with {@code UNAUTHORIZED} if the code is wrong, and with {@code CONFLICT} if there is an app.
     *
     * @param otherToken of the session of the other kind in the same browser, which may do everything, too; empty: there is none
     * @return new recovery codes; empty: those for a passkey stay
     */
    Future<List<String>> setUp(Caller caller, String sealed, String code, String proof, String otherToken);

    /** Replaces the recovery codes. Refuses with {@code CONFLICT} if there is no second factor. */
    Future<List<String>> renewCodes(Caller caller, String proof);

    /** Removes the app. The proof is required at any time. If the policy asks for a second factor, sessions must set one up again. */
    Future<Void> remove(Caller caller, String proof);
}
