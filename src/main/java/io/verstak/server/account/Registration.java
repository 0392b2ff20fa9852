package io.verstak.server.account;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.Sessions.SignedIn;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Registration of users, as described in section 5 of the wire contract. May be called on any context; futures complete there.
 * Every call can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}. Mail is sent after the call, never within it.
 */
public interface Registration {

    /**
     * A request for an account; a field that is missing or null is empty.
     *
     * @param byPasskey whether the account gets a passkey instead of a password, once the mail's link is open
     * @param invitation the token of an invitation's link
     * @param language the tag of the language of mails
     */
    record Application(
            @Nullable String username,
            @Nullable String email,
            @Nullable String password,
            boolean byPasskey,
            @Nullable String invitation,
            String language,
            InetAddress address) {}

    /**
     * Creates an unconfirmed account and queues the mail that confirms it. Refuses with {@code INVALID_REQUEST} (something
     * missing or not allowed), {@code CONFLICT} (username or address taken), {@code FORBIDDEN} (no invitation, another
     * domain) and {@code NOT_FOUND} (registration is switched off).
     */
    Future<Void> register(Application application);

    /**
     * Returns the address that an invitation was mailed to, which may be empty, or empty if {@link #register} would not accept it; redeems
     * nothing.
     */
    Future<Optional<String>> invited(String invitation, InetAddress address);

    /** Returns whether {@link #confirm} would accept this token; redeems nothing. */
    Future<Boolean> canConfirm(String token, InetAddress address);

    /**
     * An account whose address is not confirmed yet.
     *
     * @param request what the browser is asked to create the account's passkey; empty: the account has a password
     */
    record Awaiting(String username, String request) {}

    /** Returns the account that {@link #confirm} or {@link #join} would confirm with this token; redeems nothing. */
    Future<Optional<Awaiting>> awaiting(String token, InetAddress address);

    /**
     * A new account without a password, whose owner is signed in.
     *
     * @param session the hash of the token of the new session
     * @param recoveryCodes shown once
     */
    record Joined(SignedIn signedIn, String session, List<String> recoveryCodes) {
        /** Without the codes. */
        @Override
        public String toString() {
            return "Joined";
        }
    }

    /**
     * Confirms an address, adds the passkey that the browser has created, and signs in. Refuses with {@code INVALID_REQUEST} when the
     * token is unknown, used or expired, or the account has a password.
     *
     * @param response of the browser
     * @param name of the passkey
     */
    Future<Joined> join(String token, String response, String name, Client client);

    /** Confirms an address. Refuses with {@code INVALID_REQUEST} when the token is unknown, used or expired. */
    Future<Void> confirm(String token, InetAddress address);
}
