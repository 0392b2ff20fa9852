package io.verstak.server.account;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.function.Function;

/**
 * What people follow out of a mail or a log: a link with a token that works once. Tries are limited by address, and one that
 * is refused counts and is audited. May be called on any context.
 */
final class MailedLinks {
    private final Limits limits;
    private final AccountTools tools;

    MailedLinks(Limits limits, AccountTools tools) {
        this.limits = limits;
        this.tools = tools;
    }

    /**
     * Whether the token would be taken now.
     *
     * @param lookUp asked with the token's digest
     * @throws ServerException {@code RATE_LIMITED}
     */
    Future<Boolean> look(String token, InetAddress from, Function<String, Future<Boolean>> lookUp) {
        check(from);
        return lookUp.apply(Tokens.digest(token).hex()).onSuccess(taken -> {
            if (!taken) {
                refused(from);
            }
        });
    }

    /**
     * Uses the token up. Refuses with {@code INVALID_REQUEST} when it is unknown, used or expired.
     *
     * @param effect done with the token's digest; false when it was not taken
     * @throws ServerException {@code RATE_LIMITED}
     */
    Future<Void> use(String token, InetAddress from, Function<String, Future<Boolean>> effect) {
        check(from);
        return effect.apply(Tokens.digest(token).hex()).compose(taken -> {
            if (taken) {
                return Future.succeededFuture();
            }
            refused(from);
            return Future.failedFuture(new ServerException(ErrorCode.INVALID_REQUEST, Registration.DEAD_TOKEN));
        });
    }

    private void check(InetAddress from) {
        tools.limited(() -> limits.confirm().check(from), from);
    }

    private void refused(InetAddress from) {
        limits.confirm().failed(from);
        tools.audit().refused(AuditType.EMAIL_TOKEN_REFUSED, "", from);
    }
}
