package io.verstak.server.account;

import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.InvitationStore.Invitation;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.PasswordStore.NewPassword;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.mail.NewMail;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What administrators do to accounts. Works on the database itself, so that a command can do it beside a running server,
 * which notices within {@value InvalidationPoller#INTERVAL_MILLIS} ms; done by the server, it holds from the next request on.
 * Everything may be done twice. Futures complete on the caller's context.
 */
public final class AccountAdministration {
    private static final String PSEUDONYM = "deleted_";
    private static final Duration INVITATION_LIVES = Duration.ofDays(7);

    private final AccountTools tools;
    private final UserStore users;
    private final PasswordStore passwords;
    private final InvitationStore invitations;
    private final CredentialCaches remembered;
    private final Actor actor;

    AccountAdministration(
            AccountTools tools,
            UserStore users,
            PasswordStore passwords,
            InvitationStore invitations,
            CredentialCaches remembered,
            Actor actor) {
        this.tools = tools;
        this.users = users;
        this.passwords = passwords;
        this.invitations = invitations;
        this.remembered = remembered;
        this.actor = actor;
    }

    /** The same, done by somebody whom the audit log names. */
    AccountAdministration by(Actor somebody) {
        return new AccountAdministration(tools, users, passwords, invitations, remembered, somebody);
    }

    /**
     * Makes a user whose address counts as confirmed. Refuses with {@code INVALID_REQUEST} (name, address or password not
     * allowed) and {@code CONFLICT} (name or address taken).
     *
     * @return the user's id
     */
    public Future<String> createUser(String name, String email, String password) {
        String username = Usernames.typed(name);
        if (!Usernames.isAllowed(username)) {
            return refuse(Message.USERNAME_NOT_ALLOWED);
        }
        if (EmailAddress.parse(email).isEmpty()) {
            return refuse(Message.INVALID_EMAIL);
        }
        return tools.newPasswords().forUser(password).compose(hash -> {
            String id = tools.tokens().newUserId();
            String address = EmailAddress.parse(email).orElseThrow().text();
            User user = new User(
                    id,
                    username,
                    address,
                    hash,
                    true,
                    false,
                    0,
                    "",
                    null,
                    tools.clock().millis());
            return users.add(user, entry(AuditType.USER_CREATED, id)).map(id);
        });
    }

    /** Everybody with an account, by name. */
    public Future<List<User>> users() {
        return users.list();
    }

    /** The user of this name or address. Refuses with {@code NOT_FOUND}. */
    public Future<User> find(String nameOrAddress) {
        return users.findByLogin(Usernames.typed(nameOrAddress))
                .compose(found ->
                        found.map(Future::succeededFuture).orElseGet(() -> refuse(Message.NAME_OR_ADDRESS_NOT_FOUND)));
    }

    /** Ends all sessions and refuses all devices until {@link #unblock}. */
    public Future<Void> block(String userId) {
        return setBlocked(userId, true, AuditType.USER_BLOCKED);
    }

    /** Lets a blocked user in again: the devices work as before, sessions begin anew. */
    public Future<Void> unblock(String userId) {
        return setBlocked(userId, false, AuditType.USER_UNBLOCKED);
    }

    private Future<Void> setBlocked(String userId, boolean blocked, AuditType type) {
        return users.setBlocked(userId, blocked, entry(type, userId)).onSuccess(done -> remembered.forgetUser(userId));
    }

    /** Deletes a user with all access; what the audit log says of them stays, without saying who it was. */
    public Future<Void> delete(String userId) {
        return users.delete(userId, pseudonym(tools.tokens()), entry(AuditType.USER_DELETED, userId))
                .onSuccess(done -> remembered.forgetUser(userId));
    }

    /** Somebody without a name, to whom the past of a deleted user belongs from then on. */
    static String pseudonym(Tokens tokens) {
        return PSEUDONYM + tokens.newUserId();
    }

    /**
     * Gives a user another password, which ends all sessions, and tells the owner by mail. Refuses with
     * {@code INVALID_REQUEST} when it is not allowed.
     *
     * @param chosen empty: one is made up
     * @return the password
     */
    public Future<String> resetPassword(User user, Optional<String> chosen, boolean revokeDevices) {
        String password = chosen.orElseGet(tools.newPasswords()::generate);
        return tools.newPasswords()
                .forUser(user.id(), password)
                .compose(hash -> passwords.replace(
                        user,
                        new NewPassword(hash, "", revokeDevices),
                        tools.mails().passwordChanged(tools.recipients().of(user), user.username()),
                        entry(AuditType.PASSWORD_SET, user.id())))
                .map(done -> {
                    remembered.forgetUser(user.id());
                    tools.mailQueued();
                    return password;
                });
    }

    /**
     * Makes an invitation for one person, good for 7 days. Refuses with {@code INVALID_REQUEST} (no address).
     *
     * @param email whom to mail it to; empty: it is handed over by other means
     * @param invitedBy the administrator's name, or what else is to be remembered
     * @return the token of its link
     */
    public Future<String> invite(String email, String invitedBy) {
        Optional<EmailAddress> recipient = EmailAddress.parse(email);
        if (recipient.isEmpty() && !Usernames.typed(email).isEmpty()) {
            return refuse(Message.INVALID_EMAIL);
        }
        String token = tools.tokens().newToken();
        Instant now = tools.clock().instant();
        Instant endsAt = now.plus(INVITATION_LIVES);
        Invitation invitation = new Invitation(
                tools.tokens().newUserId(),
                Tokens.digest(token).hex(),
                recipient.map(EmailAddress::text).orElse(""),
                invitedBy,
                now.toEpochMilli(),
                endsAt.toEpochMilli());
        Optional<NewMail> mail = recipient.map(address ->
                tools.mails().invitation(tools.recipients().of(address.text(), ""), token, endsAt));
        return invitations.add(invitation, mail, entry(AuditType.INVITED, "")).map(added -> {
            tools.mailQueued();
            return token;
        });
    }

    private AuditEntry entry(AuditType type, String userId) {
        return tools.audit().by(actor, type, userId, "");
    }

    private static <T> Future<T> refuse(Message message) {
        return Future.failedFuture(new ServerException(message));
    }
}
