package io.verstak.server.account.provider;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Confirmation;
import io.verstak.server.account.Logins;
import io.verstak.server.account.SignIns;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.UserStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** Creates and connects the objects of sign-in at providers. */
public final class ProviderModule {
    private final Providers providers;
    private final ProviderClient client;
    private final UserIdentities identities;
    private final Reauthentication reauthentication;

    /** @param settings read for each sign-in, so that a change applies at once */
    public ProviderModule(
            Vertx vertx,
            Database database,
            AccountContext context,
            AccountPolicy policy,
            Supplier<ServerConfig> settings,
            SecretBox secrets,
            RegistrationStore registrations,
            Logins logins,
            SignIns signIns,
            SessionTokens userTokens,
            Confirmation confirmation) {
        providers = new Providers(settings);
        client = new ProviderClient(vertx, context.clock());
        ProviderRedirects redirects = new ProviderRedirects(context, providers, client, secrets);
        UserStore users = new UserStore(database);
        IdentityStore store = new IdentityStore(database, registrations);
        identities = new UserIdentities(
                context,
                providers,
                redirects,
                users,
                store,
                new Newcomers(context, providers, secrets, store, new NewUsers(context, policy, store, users)),
                new ProviderGroups(context, store),
                logins,
                new ProviderSessions(signIns, userTokens));
        reauthentication = new ProviderReauthentication(
                context, providers, redirects, store, new AdministratorStore(database), confirmation);
    }

    public Providers providers() {
        return providers;
    }

    /** Serves the contracts of sign-in at providers, and of confirming sessions by it, on the calling verticle's context. */
    public Future<?> serve(Bus bus) {
        return Future.all(bus.serve(Identities.class, identities), bus.serve(Reauthentication.class, reauthentication));
    }

    /** Closes the connections to providers. */
    public Future<Void> close() {
        return client.close();
    }
}
