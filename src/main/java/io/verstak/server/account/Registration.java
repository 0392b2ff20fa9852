package io.verstak.server.account;

import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Registration of users, as described in section 5 of the wire contract. May be called on any context; futures complete there.
 * Every call can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}. Mail is sent after the call, never within it.
 */
public interface Registration {

    /**
     * A request for an account; a field that is missing or null is empty.
     *
     * @param invitation the token of an invitation's link
     * @param language the tag of the language of mails
     */
    record Application(
            @Nullable String username,
            @Nullable String email,
            @Nullable String password,
            @Nullable String invitation,
            String language,
            InetAddress address) {}

    /**
     * Creates an unconfirmed account and queues the mail that confirms it. Refuses with {@code INVALID_REQUEST} (something
     * missing or not allowed), {@code CONFLICT} (username or address taken), {@code FORBIDDEN} (no invitation, another
     * domain) and {@code NOT_FOUND} (registration is switched off).
     */
    Future<Void> register(Application application);

    /** Returns whether {@link #register} would accept this invitation; redeems nothing. */
    Future<Boolean> canJoin(String invitation, InetAddress address);

    /** Returns whether {@link #confirm} would accept this token; redeems nothing. */
    Future<Boolean> canConfirm(String token, InetAddress address);

    /** Confirms an address. Refuses with {@code INVALID_REQUEST} when the token is unknown, used or expired. */
    Future<Void> confirm(String token, InetAddress address);
}
