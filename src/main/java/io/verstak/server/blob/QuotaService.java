package io.verstak.server.blob;

import io.verstak.server.config.LimitsConfig;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.blob.BlobIndex;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Enforces quotas while bytes arrive. Whether the bytes are new is known only from their hash, at the end: a scope that
 * holds blobs may therefore have a few times its largest blob in flight above the quota, which lets desktops repeat
 * uploads. The transaction that adds the row decides.
 *
 * <p>Used on the event loop of the blob verticle; the {@link QuotaReservation} it returns is not bound to it.
 */
public final class QuotaService {
    /** A desktop opens one to three connections. */
    private static final int REPEATS_AT_ONCE = 3;

    private final BlobIndex index;
    private final Supplier<LimitsConfig> limits;
    private final Map<Long, QuotaUsage> scopes = new HashMap<>();
    private final Map<String, QuotaUsage> users = new HashMap<>();

    public QuotaService(BlobIndex index, Supplier<LimitsConfig> limits) {
        this.index = index;
        this.limits = limits;
    }

    public BlobIndex.Quota quota() {
        LimitsConfig now = limits.get();
        return new BlobIndex.Quota(now.maxVaultBlobBytes(), now.maxUserBlobBytes());
    }

    public Future<QuotaReservation> open(Scope scope) {
        return index.usage(scope)
                .compose(usage -> repeatable(scope, usage).map(repeatable -> {
                    QuotaUsage ofScope = scopes.computeIfAbsent(
                            scope.id(), unknown -> new QuotaUsage(quota().scopeBytes(), usage.scopeBytes()));
                    QuotaUsage ofUser = users.computeIfAbsent(
                            scope.userId(),
                            unknown -> new QuotaUsage(quota().of(usage).userBytes(), usage.userBytes()));
                    ofScope.enter(repeatable);
                    ofUser.enter(repeatable);
                    return new QuotaReservation(ofScope, ofUser);
                }));
    }

    /** Forgets an upload that has settled or released its reservation. */
    public void close(Scope scope) {
        leave(scopes, scope.id());
        leave(users, scope.userId());
    }

    /** Releases bytes that were stored or reserved. */
    public void giveBack(Scope scope, long bytes) {
        scopes.computeIfPresent(scope.id(), (same, account) -> account.without(bytes));
        users.computeIfPresent(scope.userId(), (same, account) -> account.without(bytes));
    }

    /** Reserves bytes that are yet to arrive. */
    public void reserve(Scope scope, long bytes) {
        giveBack(scope, -bytes);
    }

    private Future<Long> repeatable(Scope scope, BlobIndex.Usage usage) {
        long room = quota().room(usage);
        if (room >= REPEATS_AT_ONCE * limits.get().maxBlobBytes()) {
            return Future.succeededFuture(0L);
        }
        return index.largest(scope).map(largest -> REPEATS_AT_ONCE * largest);
    }

    private static <K> void leave(Map<K, QuotaUsage> accounts, K key) {
        accounts.computeIfPresent(key, (same, account) -> account.leave() ? null : account);
    }
}
