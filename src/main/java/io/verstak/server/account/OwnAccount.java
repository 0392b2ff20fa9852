package io.verstak.server.account;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.Profile;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;

/**
 * Users' own accounts. May be called on any context; futures complete there. Every
 * call may be repeated. Calls with a proof refuse as {@link StepUp} does; calls with a token refuse with {@code INVALID_REQUEST} when it is unknown, used or expired, and with
 * {@code RATE_LIMITED}.
 */
public interface OwnAccount {

    Future<Profile> profile(SessionIdentity session);

    /**
     * Sets the language of mails to the user. Refuses with {@code INVALID_REQUEST} if it is not supported.
     *
     * @param language a tag such as {@code ru}; empty for the server's
     */
    Future<Void> setLanguage(SessionIdentity session, String language);

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
}
