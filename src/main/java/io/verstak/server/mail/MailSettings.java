package io.verstak.server.mail;

import io.verstak.server.config.MailConfig;
import io.verstak.server.error.Message;
import io.verstak.server.storage.mail.MailSettingsStore;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;

/**
 * The mail settings in effect: those stored by an administrator, or else the configured ones, always as a whole, so
 * that a password of one is never sent to a host of the other. Futures complete on the caller's context.
 */
public final class MailSettings {
    private final MailConfig configured;
    private final MailSettingsStore store;
    private final Clock clock;

    MailSettings(MailConfig configured, MailSettingsStore store, Clock clock) {
        this.configured = configured;
        this.store = store;
        this.clock = clock;
    }

    /** Returns the settings in effect. */
    public Future<MailConfig> effective() {
        return store.find().map(stored -> stored.orElse(configured));
    }

    /** Returns whether an administrator has stored them. */
    public Future<Boolean> stored() {
        return store.find().map(Optional::isPresent);
    }

    /**
     * Returns the settings sent by a page, with the current password if its field was left empty, as the page never
     * shows it. Refuses with {@code INVALID_REQUEST} when that password would go to another server: a stolen
     * administrator session must not be able to obtain it.
     */
    public Future<MailConfig> completed(MailConfig typed) {
        if (!typed.password().isEmpty() || typed.user().isEmpty()) {
            return Future.succeededFuture(typed);
        }
        return effective().compose(current -> {
            MailConfig complete = typed.withPassword(current.password());
            boolean samePeer = typed.host().equalsIgnoreCase(current.host())
                    && typed.port() == current.port()
                    && typed.security().equals(current.security())
                    && typed.user().equals(current.user());
            return samePeer || current.password().isEmpty()
                    ? Future.succeededFuture(complete)
                    : Message.MAIL_PASSWORD_AGAIN.refuse();
        });
    }

    /** Stores settings that are {@link #completed}. */
    Future<Void> store(MailConfig settings) {
        return store.put(settings, clock.millis());
    }

    /** Restores the configured settings. */
    Future<Void> forget() {
        return store.clear();
    }
}
