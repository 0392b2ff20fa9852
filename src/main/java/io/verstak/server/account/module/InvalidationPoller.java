package io.verstak.server.account.module;

import io.verstak.server.admin.ServerSettings;
import io.verstak.server.auth.token.CredentialCaches;
import io.verstak.server.storage.account.InvalidationCounter;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices changes by another process, for instance a command on the same data directory that blocks a user: polls a
 * counter several times a second and drops all caches when it has changed. With several nodes, whose caches decide nothing, only the
 * waits of the users concerned are looked at. Used by one context.
 */
final class InvalidationPoller {
    private static final Logger LOG = LoggerFactory.getLogger(InvalidationPoller.class);

    /** Milliseconds between two polls: how long a blocked user may continue. */
    static final long INTERVAL_MILLIS = 250;

    private final InvalidationCounter counter;
    private final CredentialCaches remembered;
    private final ServerSettings settings;
    private long seen = -1;
    private boolean looking;

    InvalidationPoller(InvalidationCounter counter, CredentialCaches remembered, ServerSettings settings) {
        this.counter = counter;
        this.remembered = remembered;
        this.settings = settings;
    }

    Future<Void> look() {
        if (looking) {
            return Future.succeededFuture();
        }
        looking = true;
        return counter.read()
                .compose(this::compare)
                .onFailure(failure -> LOG.debug("cannot look for changes: {}", failure.getMessage()))
                .onComplete(looked -> looking = false);
    }

    private Future<Void> compare(long now) {
        if (now == seen) {
            return Future.succeededFuture();
        }
        Future<Optional<Set<String>>> users =
                seen < 0 ? Future.succeededFuture(Optional.empty()) : counter.users(seen, now);
        return users.compose(some -> {
            some.ifPresentOrElse(known -> known.forEach(remembered::forgetUser), remembered::forgetAll);
            return settings.load().onSuccess(loaded -> seen = now);
        });
    }
}
