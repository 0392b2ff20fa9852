package io.verstak.server.account;

import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Actions of users on their own accounts, mostly signed in. May be called on any context; futures complete there. Every
 * call may be repeated. Calls with a password refuse with {@code FORBIDDEN} when it is wrong, and as those of {@link
 * Accounts} do; calls with a token refuse with {@code INVALID_REQUEST} when it is unknown, used or expired, and with
 * {@code RATE_LIMITED}.
 */
public interface OwnAccount {

    /**
     * An account as its owner sees it. Times are milliseconds since the epoch.
     *
     * @param wantedEmail an address that is not confirmed yet, or null
     * @param language the tag of the language of mails; empty for the server's
     * @param deleteAfter when the account will be deleted, or null
     */
    record ProfileView(
            String userId,
            String username,
            String email,
            @Nullable String wantedEmail,
            String language,
            @Nullable Long deleteAfter,
            long createdAt) {}

    /** A session, the client's address, and the password entered again. */
    record Proof(SessionIdentity session, String password, InetAddress address) {}

    Future<ProfileView> profile(SessionIdentity session);

    /**
     * Sets the language of mails to the user. Refuses with {@code INVALID_REQUEST} if it is not supported.
     *
     * @param language a tag such as {@code ru}; empty for the server's
     */
    Future<Void> setLanguage(SessionIdentity session, String language);

    /**
     * Renames a device. Refuses with {@code INVALID_REQUEST} (blank, longer than 128 bytes, or with a line break) and
     * {@code NOT_FOUND}, also for another user's device.
     */
    Future<Void> renameDevice(SessionIdentity session, String deviceId, String name, InetAddress address);

    /**
     * Ends one of the user's sessions by its id, and with it those of the administrator who the user is, too. An unknown id
     * changes nothing.
     *
     * @param administratorToken of this browser, whose session stays; empty: there is none
     */
    Future<Void> endSession(SessionIdentity session, String id, String administratorToken, InetAddress address);

    /**
     * Sends a link to a new address, which replaces the old one when the link is used, and a notice to the old one.
     * Also refuses with {@code INVALID_REQUEST} (not an address) and {@code CONFLICT} (taken).
     */
    Future<Void> changeEmail(Proof proof, String email);

    /** Invalidates the link that {@link #changeEmail} has sent. */
    Future<Void> keepEmail(SessionIdentity session);

    /** Returns whether {@link #confirmEmail} would accept this token; redeems nothing. */
    Future<Boolean> canConfirmEmail(String token, InetAddress address);

    /** Also refuses with {@code CONFLICT} when the address is taken by now. */
    Future<Void> confirmEmail(String token, InetAddress address);

    /**
     * Schedules the deletion of the account in 7 days, during which everything works as before, and sends a link that
     * cancels it. A repeated call keeps the first date.
     */
    Future<Void> delete(Proof proof);

    /** Cancels {@link #delete}. */
    Future<Void> keep(SessionIdentity session, InetAddress address);

    /** Returns whether {@link #keepBy} would accept this token; redeems nothing. */
    Future<Boolean> canKeep(String token, InetAddress address);

    /** Cancels {@link #delete} with the token of its mail. */
    Future<Void> keepBy(String token, InetAddress address);
}
