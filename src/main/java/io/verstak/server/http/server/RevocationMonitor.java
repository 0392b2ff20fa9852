package io.verstak.server.http.server;

import io.verstak.server.auth.token.DeviceTokens;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.sync.wait.HeadNotifier;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the waits of devices that were revoked or whose users were blocked or deleted. Checks devices in doubt in the
 * database, repeatedly until it answers: no wait is closed because the database cannot be reached. Safe for any thread.
 */
final class RevocationMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationMonitor.class);
    private static final long AGAIN_MILLIS = 250;

    private final Vertx vertx;
    private final HeadNotifier watch;
    private final DeviceTokens tokens;
    private final Set<DeviceIdentity> doubted = new HashSet<>();
    private boolean asking;

    RevocationMonitor(Vertx vertx, HeadNotifier watch, DeviceTokens tokens) {
        this.vertx = vertx;
        this.watch = watch;
        this.tokens = tokens;
    }

    /** Checks all waiting devices that match. */
    void doubt(Predicate<DeviceIdentity> devices) {
        doubt(watch.devices(devices));
    }

    private void doubt(Set<DeviceIdentity> devices) {
        synchronized (this) {
            doubted.addAll(devices);
        }
        ask();
    }

    private void ask() {
        Set<DeviceIdentity> asked;
        synchronized (this) {
            if (asking || doubted.isEmpty()) {
                return;
            }
            asking = true;
            asked = Set.copyOf(doubted);
            doubted.clear();
        }
        tokens.admitted(asked)
                .onSuccess(admitted -> {
                    Set<DeviceIdentity> lost = new HashSet<>(asked);
                    lost.removeAll(admitted);
                    watch.end(lost);
                    answered();
                })
                .onFailure(failure -> {
                    LOG.debug("cannot look who still has access: {}", failure.getMessage());
                    vertx.setTimer(AGAIN_MILLIS, again -> {
                        answered();
                        doubt(asked);
                    });
                });
    }

    private void answered() {
        synchronized (this) {
            asking = false;
        }
        ask();
    }
}
