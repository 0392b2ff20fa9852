package io.verstak.server.account;

import io.verstak.server.domain.MailFailure;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What administrators do, page and JSON alike. May be called on any context; the futures complete there. Everything may be
 * done twice. What names a user, a device or a mail refuses with {@code NOT_FOUND} when there is none.
 */
public interface Administration {

    /** Somebody to be made, whose address counts as confirmed. */
    record NewUser(String username, String email, String password) {}

    /** What is to be changed of a user; what is empty stays. */
    record UserEdit(Optional<String> username, Optional<String> email) {}

    /** The mail server in force, without its password; {@code stored}: set on a page and not by the configuration. */
    record MailView(
            String host, int port, String security, String user, boolean hasPassword, String from, boolean stored) {}

    /** The mail server as it was typed; an empty password stands for the one in force. */
    record MailDraft(String host, int port, String security, String user, String password, String from) {
        /** Without the password. */
        @Override
        public String toString() {
            return "MailDraft[%s:%s]".formatted(host, port);
        }
    }

    /** Why a mail has not been sent: it waits, there is no server, or it was given up. */
    enum MailState {
        WAITING,
        NO_SERVER,
        FAILED
    }

    /** So many of the mails, behind so many others. */
    record MailSlice(long offset, int limit) {}

    /** A mail that has not been sent; {@code link} is empty for a mail without one, {@code lastFailure} null before the first try. */
    record UnsentMail(
            String id,
            String kind,
            String recipient,
            MailState state,
            int attempts,
            long createdAt,
            long expiresAt,
            String link,
            @Nullable MailFailure lastFailure) {
        /** Without the link. */
        @Override
        public String toString() {
            return "UnsentMail[%s, %s]".formatted(id, state);
        }
    }

    /**
     * Asks for the administrator's password again. Refuses with {@code FORBIDDEN} when it is wrong, {@code RATE_LIMITED} and
     * {@code UNAVAILABLE}; the same limits count as when signing in.
     */
    Future<Void> requirePassword(SessionIdentity administrator, String password, InetAddress address);

    /**
     * Makes a user. Refuses with {@code INVALID_REQUEST} and {@code CONFLICT} (name or address taken).
     *
     * @return the user's id
     */
    Future<String> createUser(Actor by, NewUser user);

    /**
     * Blocks or lets in again.
     *
     * @param wanted empty: the other of what is
     * @return whether the user is blocked now
     */
    Future<Boolean> block(Actor by, String userId, Optional<Boolean> wanted);

    /** Gives a user a password that nobody could guess, ends all sessions, and returns it. */
    Future<String> resetPassword(Actor by, String userId);

    /** Refuses with {@code INVALID_REQUEST} and {@code CONFLICT}, too. Links that were mailed to another address are void. */
    Future<Void> editUser(Actor by, String userId, UserEdit edit);

    /** Makes the user's address count as confirmed. */
    Future<Void> confirmUser(Actor by, String userId);

    /** @param bytes that all blobs of the user may take; empty: as the configuration has it */
    Future<Void> setQuota(Actor by, String userId, Optional<Long> bytes);

    /** Deletes a user with all access, at once. What the vaults hold goes with the next clean-up. Nobody to delete is no failure. */
    Future<Void> deleteUser(Actor by, String userId);

    Future<Void> revokeDevice(Actor by, String deviceId);

    /**
     * Invites somebody. Refuses with {@code INVALID_REQUEST} (no address).
     *
     * @param email empty: the link is handed over by other means
     * @return the link
     */
    Future<String> invite(Actor by, String email);

    /** Makes an invitation that nobody has used worthless. */
    Future<Void> revokeInvitation(Actor by, String id);

    Future<MailView> mail();

    /** Refuses with {@code INVALID_REQUEST}. */
    Future<Void> saveMail(Actor by, MailDraft draft);

    /** Makes the configuration's mail server hold again. */
    Future<Void> forgetMail(Actor by);

    /**
     * Sends a mail at once. Refuses with {@code INVALID_REQUEST}, and with {@code UNAVAILABLE}, whose detail is a {@link MailFailure}.
     *
     * @param draft empty: what is in force
     */
    Future<Void> testMail(Optional<MailDraft> draft, String recipient);

    /** The mails that have not been sent, the newest first. */
    Future<List<UnsentMail>> unsentMails(MailSlice slice);

    /** How many mails have not been sent. */
    Future<Long> unsentMailCount();

    /** Tries a mail again, one that was given up, too. */
    Future<Void> retryMail(Actor by, String id);
}
