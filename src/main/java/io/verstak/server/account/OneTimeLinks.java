package io.verstak.server.account;

import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.AddressLimit;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Links of mails and of the log, each with a token that works once. Attempts are limited by address; a refused one counts and
 * is audited. May be called on any context.
 */
public final class OneTimeLinks {
    private final Supplier<AddressLimit> limit;
    private final AccountContext context;

    /** @param limit of attempts; read each time, since administrators may change it */
    public OneTimeLinks(Supplier<AddressLimit> limit, AccountContext context) {
        this.limit = limit;
        this.context = context;
    }

    /**
     * Returns whether {@link #use} would accept the token now.
     *
     * @param lookUp called with the token's digest
     * @throws ServerException {@code RATE_LIMITED}
     */
    public Future<Boolean> look(String token, InetAddress from, Function<String, Future<Boolean>> lookUp) {
        return find(
                        token,
                        from,
                        digest -> lookUp.apply(digest).map(taken -> taken ? Optional.of(taken) : Optional.empty()))
                .map(Optional::isPresent);
    }

    /** Works as {@link #look} and returns what the token belongs to. */
    <T> Future<Optional<T>> find(String token, InetAddress from, Function<String, Future<Optional<T>>> lookUp) {
        check(from);
        return lookUp.apply(Tokens.digest(token).hex()).onSuccess(found -> {
            if (found.isEmpty()) {
                refused(from);
            }
        });
    }

    /**
     * Redeems the token. Refuses with {@code INVALID_REQUEST} when it is unknown, used or expired.
     *
     * @param effect called with the token's digest; returns false when the token is not valid
     * @throws ServerException {@code RATE_LIMITED}
     */
    public Future<Void> use(String token, InetAddress from, Function<String, Future<Boolean>> effect) {
        check(from);
        return effect.apply(Tokens.digest(token).hex()).compose(taken -> {
            if (taken) {
                return Future.succeededFuture();
            }
            refused(from);
            return Message.LINK_EXPIRED.refuse();
        });
    }

    private void check(InetAddress from) {
        context.limited(() -> limit.get().check(from), from);
    }

    private void refused(InetAddress from) {
        limit.get().failed(from);
        context.audit().refused(AuditType.EMAIL_TOKEN_REFUSED, "", from);
    }
}
