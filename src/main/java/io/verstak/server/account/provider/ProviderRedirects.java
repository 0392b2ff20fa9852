package io.verstak.server.account.provider;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.provider.Identities.Answer;
import io.verstak.server.account.provider.Identities.Begin;
import io.verstak.server.account.provider.Identities.Purpose;
import io.verstak.server.account.provider.Identities.Redirect;
import io.verstak.server.audit.AuditType;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.SecretBox;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends browsers to providers, and checks what they bring back. Safe for any thread; futures complete on the caller's context. */
final class ProviderRedirects {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderRedirects.class);

    /** What an honest browser and an honest provider do not do. */
    private static final Set<Message> COUNTED = EnumSet.of(
            Message.PROVIDER_REFUSED,
            Message.PROVIDER_ATTEMPT_OVER,
            Message.PROVIDER_NOT_AGAIN,
            Message.IDENTITY_OTHER);

    private final AccountContext context;
    private final Providers providers;
    private final ProviderClient client;
    private final SecretBox secrets;

    /** What a provider says of the person whom an attempt sent there. */
    record Returned(OidcProvider provider, Attempt attempt, IdClaims claims) {}

    ProviderRedirects(AccountContext context, Providers providers, ProviderClient client, SecretBox secrets) {
        this.context = context;
        this.providers = providers;
        this.client = client;
        this.secrets = secrets;
    }

    /** Returns where to send the browser. Fails as {@link Identities#begin} does. */
    Future<Redirect> begin(Begin begin) {
        Optional<OidcProvider> provider = providers.find(begin.provider());
        if (provider.isEmpty()) {
            return Message.PROVIDER_UNKNOWN.refuse();
        }
        client.keepOnly(providers.usable());
        Attempt attempt = Attempt.of(begin, context.tokens(), context.clock().millis());
        return client.authorizationUrl(provider.get(), attempt, providers.redirect(provider.get()))
                .map(url -> new Redirect(url, attempt.seal(secrets)))
                .recover(told(provider.get()));
    }

    /** Returns the attempt that this browser has begun, whatever has come of it. */
    Optional<Attempt> begun(Answer answer) {
        return Attempt.open(answer.attempt(), secrets);
    }

    /**
     * Checks an answer, and goes on with it. Answers that are no honest ones are counted and noted.
     *
     * @param purposes of the attempts that it may be an answer to
     * @param session the hash of the token of the session that the attempt must have been begun in; empty: any
     * @param user whom a refusal is noted for; empty: nobody
     */
    <T> Future<T> complete(
            Answer answer,
            Set<Purpose> purposes,
            String session,
            String user,
            Client browser,
            Function<Returned, Future<T>> then) {
        Optional<OidcProvider> provider = providers.find(answer.provider());
        if (provider.isEmpty()) {
            return Message.PROVIDER_UNKNOWN.refuse();
        }
        Predicate<Attempt> ofSession =
                begun -> session.isEmpty() || begun.session().equals(session);
        Optional<Attempt> attempt = begun(answer)
                .filter(begun -> begun.provider().equals(answer.provider()))
                .filter(begun -> purposes.contains(begun.purpose()))
                .filter(ofSession)
                .filter(begun -> begun.hasState(answer.state()))
                .filter(begun -> begun.isOpen(context.clock().millis()));
        return context.limited(() -> context.limits().confirm().check(browser.address()), browser.address())
                .compose(allowed -> attempt.isEmpty()
                        ? Message.PROVIDER_ATTEMPT_OVER.<Returned>refuse()
                        : exchange(provider.get(), attempt.get(), answer))
                .compose(then)
                .recover(failure -> count(failure, user, browser));
    }

    private Future<Returned> exchange(OidcProvider provider, Attempt attempt, Answer answer) {
        if (!answer.error().isEmpty()) {
            LOG.info("provider {} answers {}", provider.id(), answer.error().replaceAll("[^A-Za-z0-9_.-]", "?"));
            return Message.PROVIDER_DENIED.refuse();
        }
        return client.exchange(provider, attempt, answer.code(), answer.issuer(), providers.redirect(provider))
                .map(claims -> new Returned(provider, attempt, claims))
                .recover(told(provider));
    }

    private <T> Future<T> count(Throwable failure, String user, Client browser) {
        boolean counts = failure instanceof ServerException refusal
                && refusal.message().filter(COUNTED::contains).isPresent();
        if (!counts) {
            return Future.failedFuture(failure);
        }
        context.audit().refused(AuditType.PROVIDER_LOGIN_REFUSED, user, browser.address());
        return context.limits().confirm().failed(browser.address()).compose(counted -> Future.failedFuture(failure));
    }

    /** Logs why a provider cannot be used; the person is told less. */
    private static <T> Function<Throwable, Future<T>> told(OidcProvider provider) {
        return failure -> {
            if (!(failure instanceof ProviderException reason)) {
                return Future.failedFuture(failure);
            }
            LOG.warn("sign-in with provider {} failed: {}", provider.id(), reason.reason());
            return reason.told().refuse();
        };
    }
}
