package io.verstak.server.admin;

import io.verstak.server.account.Sessions.SessionView;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/**
 * Administrators' own accounts, and who administers the server. May be called on any context; futures complete there. Every call can
 * refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}; calls with a proof refuse as {@link io.verstak.server.account.StepUp} does.
 */
public interface AdministratorAccounts {

    /**
     * The account of the administrator who is signed in.
     *
     * @param hasUser whether there is a user account, whose password then is the administrator's
     * @param isUserHere whether this browser is signed in to that account
     * @param sessions on the administrators' pages
     */
    record Account(String username, boolean hasUser, boolean isUserHere, List<SessionView> sessions) {}

    /** @param userToken of this browser; empty: there is none */
    Future<Account> account(SessionIdentity session, String userToken);

    /**
     * Changes the password, which ends all other sessions. Refuses with {@code FORBIDDEN} (wrong old password), {@code INVALID_REQUEST}
     * (the new one is not allowed), and {@code CONFLICT} if there is a user account, whose page changes the password of both.
     *
     * @param proof with the old password, whether or not the session is confirmed
     */
    Future<Void> changePassword(Proof proof, String newPassword);

    /** Ends one of the administrator's sessions by its id. An unknown id changes nothing. */
    Future<Void> endSession(SessionIdentity session, String id, InetAddress address);

    /**
     * Ends all other sessions of the administrator, and of the user with the same identity.
     *
     * @param userToken of this browser, whose session stays; empty: there is none
     */
    Future<Void> signOutOthers(SessionIdentity session, String userToken, InetAddress address);

    /**
     * Creates an administrator without a user account. Refuses with {@code INVALID_REQUEST} (the name is not allowed) and {@code CONFLICT}
     * (taken).
     *
     * @return the password, which was made up and is not stored
     */
    Future<String> add(Proof proof, String username);

    /**
     * Makes a user an administrator, with the user's name and password. Succeeds if the user is one. Refuses with {@code NOT_FOUND}, with
     * {@code FORBIDDEN} (blocked or unconfirmed), and with {@code CONFLICT} if an administrator who is not this user has the name.
     *
     * @param login the user's name or address
     */
    Future<Void> grant(Proof proof, String login);

    /**
     * Deletes an administrator, whose sessions end; a user account stays. Refuses with {@code INVALID_REQUEST} (the typed name is another
     * one), with {@code NOT_FOUND}, and with {@code CONFLICT} if no other administrator could sign in.
     */
    Future<Void> remove(Proof proof, String username, String typedName);
}
