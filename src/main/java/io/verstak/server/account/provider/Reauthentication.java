package io.verstak.server.account.provider;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.provider.Identities.Answer;
import io.verstak.server.account.provider.Identities.Redirect;
import io.verstak.server.account.provider.Providers.Offer;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.util.List;

/**
 * Confirms the sessions of users and administrators by a new sign-in at a provider, with an account there that is joined to the person's
 * here. May be called on any context; futures complete there.
 */
public interface Reauthentication {

    /** Returns the providers that can confirm the session. */
    Future<List<Offer>> offers(SessionIdentity session);

    /**
     * Returns where to send the browser. Refuses with {@code NOT_FOUND} if the provider is not among the offers, and with {@code
     * UNAVAILABLE} if it cannot be reached.
     *
     * @param next the path to open afterwards; empty: the usual one
     */
    Future<Redirect> begin(SessionIdentity session, String provider, String next);

    /**
     * Confirms the session. Refuses with {@code INVALID_REQUEST} if the answer is not to a confirmation of this session that is still
     * open, and with {@code FORBIDDEN} if the person has not signed in again, the provider does not say when, or the account there is
     * not joined to the person's here.
     */
    Future<Void> complete(SessionIdentity session, Answer answer, Client client);
}
