package io.verstak.server.auth.token;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.AddressLimit;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.function.Supplier;

/**
 * Limits look-ups of uncached tokens: an address that has sent too many wrong ones is refused without a query. Tokens
 * in use are cached, so that other devices of the address are not affected. Each node counts for itself.
 */
public final class TokenLookupLimiter {
    private final Supplier<AddressLimit> limit;
    private final Audit audit;

    public TokenLookupLimiter(Supplier<AddressLimit> limit, Audit audit) {
        this.limit = limit;
        this.audit = audit;
    }

    /** Looks the token up, unless the address has failed too often: {@code RATE_LIMITED}. */
    <V> Future<V> guard(InetAddress from, Supplier<Future<V>> lookUp) {
        try {
            limit.get().checkHere(from);
        } catch (ServerException refusal) {
            audit.refused(AuditType.RATE_LIMITED, "", from);
            return Future.failedFuture(refusal);
        }
        return lookUp.get().onFailure(failure -> {
            if (failure instanceof ServerException refusal && refusal.code() == ErrorCode.UNAUTHORIZED) {
                limit.get().failedHere(from);
                audit.refused(AuditType.TOKEN_REFUSED, "", from);
            }
        });
    }
}
