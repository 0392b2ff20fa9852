package io.verstak.server.account;

import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.AddressLimit;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.error.Message;
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
     * Returns whether {@link #use} would accept the token now. Refuses with {@code RATE_LIMITED}.
     *
     * @param lookUp called with the token's digest
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
        return check(from)
                .compose(allowed -> lookUp.apply(Tokens.digest(token).hex()))
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(found)
                        : refused(from).map(found));
    }

    /**
     * Redeems the token. Refuses with {@code INVALID_REQUEST} when it is unknown, used or expired, and with {@code RATE_LIMITED}.
     *
     * @param effect called with the token's digest; returns false when the token is not valid
     */
    public Future<Void> use(String token, InetAddress from, Function<String, Future<Boolean>> effect) {
        return check(from)
                .compose(allowed -> effect.apply(Tokens.digest(token).hex()))
                .compose(taken -> taken
                        ? Future.succeededFuture()
                        : refused(from).compose(counted -> Message.LINK_EXPIRED.refuse()));
    }

    private Future<Void> check(InetAddress from) {
        return context.limited(() -> limit.get().check(from), from);
    }

    private Future<Void> refused(InetAddress from) {
        context.audit().refused(AuditType.EMAIL_TOKEN_REFUSED, "", from);
        return limit.get().failed(from);
    }
}
