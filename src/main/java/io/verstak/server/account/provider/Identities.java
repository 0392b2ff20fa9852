package io.verstak.server.account.provider;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.Sessions.SignedIn;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Sign-in at OpenID Connect providers, and the accounts there that belong to users here. Refuses with a {@link
 * io.verstak.server.error.Message} {@code PROVIDER_…} or {@code IDENTITY_…}. May be called on any context; futures complete there.
 */
public interface Identities {
    /** Why a person is sent to a provider. */
    enum Purpose {
        SIGN_IN,
        /** To join the account there to the user who is signed in. */
        JOIN,
        /** To confirm a user's session; see {@link Reauthentication}. */
        CONFIRM_USER,
        CONFIRM_ADMINISTRATOR;

        /** Returns whether the person is to prove again who it is. */
        public boolean confirms() {
            return this == CONFIRM_USER || this == CONFIRM_ADMINISTRATOR;
        }
    }

    /**
     * The beginning of a sign-in.
     *
     * @param next the path to open afterwards; empty: the usual one
     * @param invitation the token of an invitation; empty: none
     * @param session the hash of the token of the session that it is for; empty: none
     */
    record Begin(String provider, Purpose purpose, String next, String invitation, String session) {
        /** Returns the beginning of an ordinary sign-in. */
        public static Begin signIn(String provider, String next, String invitation) {
            return new Begin(provider, Purpose.SIGN_IN, next, invitation, "");
        }
    }

    /**
     * Where to send the browser.
     *
     * @param attempt to be kept in a cookie until it comes back
     */
    record Redirect(String url, String attempt) {
        @Override
        public String toString() {
            return "Redirect";
        }
    }

    /**
     * What the browser brings back. A missing parameter is empty.
     *
     * @param attempt of {@link Redirect}
     * @param userToken of the user's session in this browser
     */
    record Answer(
            String provider, String state, String code, String error, String issuer, String attempt, String userToken) {
        @Override
        public String toString() {
            return "Answer[" + provider + "]";
        }
    }

    /**
     * The end of a sign-in.
     *
     * @param signedIn the new session of the user, or the second step on the way to it; empty unless that was the purpose
     * @param newAccount to be registered before there is a session; empty: the person has an account
     */
    record Completed(Purpose purpose, String next, Optional<SignedIn> signedIn, Optional<NewAccount> newAccount) {
        @Override
        public String toString() {
            return "Completed[" + purpose + "]";
        }
    }

    /**
     * An account that somebody would get who has signed in at a provider for the first time.
     *
     * @param sealed for {@link #register}, within ten minutes
     * @param username a suggestion that is allowed and was free a moment ago
     * @param provider its name
     */
    record NewAccount(String sealed, String username, String provider, String email) {
        @Override
        public String toString() {
            return "NewAccount[" + provider + "]";
        }
    }

    /**
     * An account at a provider.
     *
     * @param provider the name of the provider
     * @param email as the provider tells it; empty: it does not
     * @param lastUsedAt milliseconds since the epoch; 0: never
     */
    record IdentityView(
            String issuer, String subject, String provider, String email, long createdAt, long lastUsedAt) {}

    /**
     * Begins a sign-in. Refuses with {@code NOT_FOUND} if there is no such provider, and with {@code UNAVAILABLE} if it cannot be
     * reached.
     */
    Future<Redirect> begin(Begin begin);

    /** Begins to join an account at a provider to the user's, whose session is confirmed. */
    Future<Redirect> beginJoin(String provider, Proof proof);

    /**
     * Completes a sign-in: creates a session, or joins an account. A person without an account, who may get one, is asked for a name
     * first. The answer to a confirmation is left to {@link Reauthentication#complete}.
     */
    Future<Completed> complete(Answer answer, Client client);

    /** Returns what a person is asked again after {@link #register} was refused. Refuses with {@code INVALID_REQUEST} once it is over. */
    Future<NewAccount> newAccount(String sealed);

    /**
     * Makes an account of this name, and goes on as {@link #complete} does. Refuses with {@code INVALID_REQUEST} if the name is not
     * allowed, or the ten minutes are over; with {@code CONFLICT} if the name or the address is taken; and with {@code FORBIDDEN} if the
     * address has to be confirmed first.
     */
    Future<Completed> register(String sealed, String username, Client client);

    /** Returns the user's accounts at providers. */
    Future<List<IdentityView>> identities(SessionIdentity session);

    /** Removes one of them. Refuses with {@code CONFLICT} if the user could then not sign in. */
    Future<Void> remove(Proof proof, String issuer, String subject);
}
