package io.verstak.server.account;

import io.verstak.server.account.StepUp.Proof;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Users' own passwords: a new one in place of the old one, or of a forgotten one by mail, as described in section 5 of the wire
 * contract. May be called on any context; futures complete there. Every call can refuse with {@code RATE_LIMITED} and
 * {@code UNAVAILABLE}.
 */
public interface OwnPassword {

    /**
     * A new password, with the token of a mail.
     *
     * @param revokeDevices whether all devices are revoked too
     */
    record PasswordReset(String token, String newPassword, boolean revokeDevices, InetAddress address) {
        /** Without the token and the password. */
        @Override
        public String toString() {
            return "PasswordReset";
        }
    }

    /**
     * Changes the password, which ends all other sessions, and notifies the owner by mail. Refuses with {@code
     * FORBIDDEN} (wrong old password) and {@code INVALID_REQUEST} (the new one is not allowed).
     *
     * @param proof with the old password, whether or not the session is confirmed; who has none needs a confirmed session
     */
    Future<Void> change(Proof proof, String newPassword);

    /**
     * Sends a link to choose a new password if a user has this address, which the caller cannot find out. Refuses with
     * {@code INVALID_REQUEST} if it is not an address.
     */
    Future<Void> forgot(String email, InetAddress address);

    /**
     * Returns the name of the user whose password {@link #reset} would set with this token; empty: it would refuse. Redeems
     * nothing.
     */
    Future<Optional<String>> resetting(String token, InetAddress address);

    /**
     * Sets a new password, ends all sessions of the user, and notifies the owner by mail. Refuses with
     * {@code INVALID_REQUEST} (the token is unknown, used or expired, or the password is not allowed).
     */
    Future<Void> reset(PasswordReset reset);
}
