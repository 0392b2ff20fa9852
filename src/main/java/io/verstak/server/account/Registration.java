package io.verstak.server.account;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How people come to have an account and back into it, as the wire contract's section 5 has it. May be called on any
 * context; the futures complete there. Every call can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}. Mail goes
 * out behind the call, never inside it.
 */
public interface Registration {

    /** In these words a token is refused that is unknown, used or expired. */
    String DEAD_TOKEN = "invalid or expired token";

    /**
     * Somebody who wants an account; a field that is missing or null is empty.
     *
     * @param invitation the token of an invitation's link
     * @param language in which to write to them
     */
    record Application(
            @Nullable String username,
            @Nullable String email,
            @Nullable String password,
            @Nullable String invitation,
            String language,
            InetAddress address) {}

    /**
     * Another password, with the token that a mail brought.
     *
     * @param revokeDevices whether all devices lose their access too
     */
    record PasswordReset(String token, String newPassword, boolean revokeDevices, InetAddress address) {}

    /**
     * Makes an unconfirmed account and queues the mail that confirms it. Refuses with {@code INVALID_REQUEST} (something
     * missing or not allowed), {@code CONFLICT} (username or address taken), {@code FORBIDDEN} (no invitation, another
     * domain) and {@code NOT_FOUND} (registration is switched off).
     */
    Future<Void> register(Application application);

    /** Whether {@link #register} would take this invitation; uses nothing up. */
    Future<Boolean> canJoin(String invitation, InetAddress address);

    /** Whether {@link #confirm} would take this token; uses nothing up. */
    Future<Boolean> canConfirm(String token, InetAddress address);

    /** Confirms an address. Refuses with {@code INVALID_REQUEST} when the token is unknown, used or expired. */
    Future<Void> confirm(String token, InetAddress address);

    /**
     * Sends a link to choose another password, if anybody has this address: the caller cannot tell. Refuses with
     * {@code INVALID_REQUEST} when it is no address.
     */
    Future<Void> forgot(String email, InetAddress address);

    /** The name of the user whose password {@link #reset} would set with this token; empty: it would refuse. Uses nothing up. */
    Future<Optional<String>> resetting(String token, InetAddress address);

    /**
     * Sets another password, ends all sessions of the user, and tells the owner by mail. Refuses with
     * {@code INVALID_REQUEST} (the token is unknown, used or expired, or the password not allowed).
     */
    Future<Void> reset(PasswordReset reset);
}
