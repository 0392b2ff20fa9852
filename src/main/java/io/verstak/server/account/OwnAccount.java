package io.verstak.server.account;

import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What people do with their own accounts, most of it signed in. May be called on any context; the futures complete there.
 * Everything may be done twice. Calls that take a password refuse with {@code FORBIDDEN} when it is wrong, and as those
 * of {@link Accounts} do; those that take a token refuse with {@code INVALID_REQUEST} when it is unknown, used or
 * expired, and with {@code RATE_LIMITED}.
 */
public interface OwnAccount {

    /**
     * An account as its owner sees it. Times are milliseconds since the epoch.
     *
     * @param wantedEmail an address that is still to be confirmed, or null
     * @param language the tag of the language of mails; empty: the server's
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

    /** Somebody signed in, where the request came from, and the password given again. */
    record Proof(SessionIdentity session, String password, InetAddress address) {}

    Future<ProfileView> profile(SessionIdentity session);

    /**
     * In which language to write to the user. Refuses with {@code INVALID_REQUEST} when there are no texts in it.
     *
     * @param language a tag such as {@code ru}; empty: the server's
     */
    Future<Void> setLanguage(SessionIdentity session, String language);

    /**
     * Gives a device another name. Refuses with {@code INVALID_REQUEST} (blank, longer than 128 bytes, or with a line
     * break in it) and {@code NOT_FOUND}, for another user's device too.
     */
    Future<Void> renameDevice(SessionIdentity session, String deviceId, String name, InetAddress address);

    /** Ends one of the user's sessions, by the id that the list names. Whoever has no such session changes nothing. */
    Future<Void> endSession(SessionIdentity session, String id, InetAddress address);

    /**
     * Sends a link to another address, which becomes the user's when the link is used, and a note to the old one. Refuses
     * with {@code INVALID_REQUEST} (no address) and {@code CONFLICT} (it is taken), too.
     */
    Future<Void> changeEmail(Proof proof, String email);

    /** Voids the link that {@link #changeEmail} has sent. */
    Future<Void> keepEmail(SessionIdentity session);

    /** Whether {@link #confirmEmail} would take this token; uses nothing up. */
    Future<Boolean> canConfirmEmail(String token, InetAddress address);

    /** Also refuses with {@code CONFLICT} when the address is somebody else's by now. */
    Future<Void> confirmEmail(String token, InetAddress address);

    /**
     * Has the account deleted in 7 days, in which everything works as before, and sends a link that takes it back. Asked
     * again, it stays with the first date.
     */
    Future<Void> delete(Proof proof);

    /** Takes {@link #delete} back. */
    Future<Void> keep(SessionIdentity session, InetAddress address);

    /** Whether {@link #keepBy} would take this token; uses nothing up. */
    Future<Boolean> canKeep(String token, InetAddress address);

    /** Takes {@link #delete} back with the token that its mail brought. */
    Future<Void> keepBy(String token, InetAddress address);
}
