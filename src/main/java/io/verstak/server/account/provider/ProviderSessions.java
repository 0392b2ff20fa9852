package io.verstak.server.account.provider;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.Sessions.SignedIn;
import io.verstak.server.account.SignIns;
import io.verstak.server.account.SignIns.Outcome;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.List;

/** The sessions that sign-ins at providers create. */
final class ProviderSessions {
    private final SignIns signIns;
    private final SessionTokens userTokens;

    ProviderSessions(SignIns signIns, SessionTokens userTokens) {
        this.signIns = signIns;
        this.userTokens = userTokens;
    }

    /**
     * Goes on with a user whom a provider has signed in: to the second step, if there is one and the provider is not trusted with it.
     * A provider that is satisfies the policy, too.
     *
     * @param provedAt when the person has signed in there, which may be long ago, in milliseconds since the epoch
     */
    Future<SignedIn> begin(OidcProvider provider, User user, Client browser, long provedAt) {
        Person person = Person.of(user);
        Future<Outcome> outcome = provider.trustsSecondFactor()
                ? signIns.completeVouchedFor(person, List.of(SignInMethod.PROVIDER), browser, provedAt)
                : signIns.firstStep(person, SignInMethod.PROVIDER, browser, provedAt);
        return outcome.map(step -> new SignedIn(user.id(), step.token(), step.step()));
    }

    /** Returns the session of the user in this browser. Refuses with {@code UNAUTHORIZED} if it has ended. */
    Future<SessionIdentity> user(String token, Client browser) {
        return userTokens.identify(token, browser::address);
    }
}
