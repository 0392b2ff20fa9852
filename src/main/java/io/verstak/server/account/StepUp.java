package io.verstak.server.account;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.SessionIdentity.Person;
import io.vertx.core.Future;
import java.net.InetAddress;

/**
 * Step-up: before a change that needs the person and not only the session, the person proves again who it is. A proof of any kind
 * confirms the session for {@link SessionIdentity#CONFIRMED_FOR}; until then forms ask for none. May be called on any context; futures
 * complete there.
 */
public interface StepUp {

    /**
     * What a form brings along.
     *
     * @param password entered again; empty: the form has asked for none, since the session is confirmed
     */
    record Proof(SessionIdentity session, String password, InetAddress address) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Proof";
        }
    }

    /** Returns the person at a session. Fails with {@code UNAUTHORIZED} if the account is gone. */
    Future<Person> person(SessionIdentity session);

    /**
     * Confirms the session by the password. Fails with {@code FORBIDDEN} if it is wrong, with {@code RATE_LIMITED} and {@code
     * UNAVAILABLE}; the same limits count as at sign-in.
     */
    Future<Void> confirm(Proof proof);

    /**
     * Confirms the session by a code of an authenticator app, or by a recovery code, which is used up. Fails with {@code UNAUTHORIZED} if it
     * is wrong or was used before, with {@code RATE_LIMITED} and {@code UNAVAILABLE}.
     */
    Future<Void> confirmByCode(SessionIdentity session, String code, InetAddress address);

    /** Returns what the browser is asked to confirm the session with a passkey; empty: the person has none. */
    Future<String> passkeyRequest(SessionIdentity session);

    /**
     * Confirms the session by a passkey.
     *
     * @param response of the browser. {@code UNAUTHORIZED}: it is wrong; {@code INVALID_REQUEST}: it is an answer of before
     */
    Future<Void> confirmByPasskey(SessionIdentity session, String response, InetAddress address);
}
