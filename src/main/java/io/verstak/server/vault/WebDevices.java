package io.verstak.server.vault;

import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.vault.WebDeviceStore;
import io.verstak.server.storage.vault.WebDeviceStore.NewWebDevice;
import io.vertx.core.Future;
import java.time.Clock;

/**
 * The devices under which the pages of a user change a vault, one for each vault. A shipped desktop applies their ops like those of any
 * other device. Their ids follow from user and vault, and no client can choose an id.
 */
public final class WebDevices {
    private static final String NAME = "Web";
    private static final int ID_DIGITS = 24;

    private final WebDeviceStore store;
    private final Tokens tokens;
    private final Clock clock;

    WebDevices(WebDeviceStore store, Tokens tokens, Clock clock) {
        this.store = store;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Returns the device. One that was revoked stays revoked, and another one takes its place. */
    Future<DeviceIdentity> of(String userId, Scope scope) {
        String token = tokens.newToken();
        return store.get(
                new NewWebDevice(userId, scope, NAME, Tokens.digest(token).hex(), clock.millis()),
                number -> "dev_"
                        + Tokens.digest("pages %s %s %s".formatted(userId, scope.id(), number))
                                .hex()
                                .substring(0, ID_DIGITS));
    }
}
