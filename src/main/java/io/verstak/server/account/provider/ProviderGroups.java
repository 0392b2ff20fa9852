package io.verstak.server.account.provider;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.audit.AuditType;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.Usernames;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.IdentityStore.Revoked;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes members of a provider's group administrators, and ends that when they have left it. */
final class ProviderGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderGroups.class);

    private final AccountContext context;
    private final IdentityStore store;

    ProviderGroups(AccountContext context, IdentityStore store) {
        this.context = context;
        this.store = store;
    }

    /**
     * Compares a user who is signing in with the group. Administrators who were made in another way are left alone, and so is the
     * last one who can sign in.
     */
    Future<Void> apply(OidcProvider provider, IdClaims claims, User user, Client browser) {
        boolean member =
                !provider.administratorsGroup().isEmpty() && claims.groups().contains(provider.administratorsGroup());
        return member ? grant(provider, user, browser) : revoke(provider, user, browser);
    }

    private Future<Void> grant(OidcProvider provider, User user, Client browser) {
        return store.grant(user, provider.issuer(), entry(AuditType.ADMINISTRATOR_SET, provider, user, browser))
                .map(granted -> {
                    if (!granted) {
                        LOG.warn(
                                "user {} is in the administrators' group of provider {}, but another administrator has this name",
                                user.id(),
                                provider.id());
                    }
                    return null;
                });
    }

    private Future<Void> revoke(OidcProvider provider, User user, Client browser) {
        return store.revoke(
                        user.id(), provider.issuer(), entry(AuditType.ADMINISTRATOR_DELETED, provider, user, browser))
                .map(revoked -> {
                    if (revoked == Revoked.YES) {
                        context.caches().forgetAll();
                    } else if (revoked == Revoked.LAST) {
                        LOG.warn(
                                "user {} has left the administrators' group of provider {}, but is the last administrator who can sign in",
                                user.id(),
                                provider.id());
                    }
                    return null;
                });
    }

    private AuditEntry entry(AuditType type, OidcProvider provider, User user, Client browser) {
        return context.audit()
                .by(
                        new Actor("provider " + provider.id(), browser.address()),
                        type,
                        List.of(Usernames.key(user.username())));
    }
}
