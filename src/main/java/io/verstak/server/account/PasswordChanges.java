package io.verstak.server.account;

import io.verstak.server.account.BusSessions.PasswordChange;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.PasswordStore.NewPassword;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;

/** Changes passwords: for users who know the old one, and for administrators. The owner is notified by mail. */
final class PasswordChanges {
    private final AccountTools tools;
    private final UserStore users;
    private final PasswordStore passwords;
    private final Logins logins;
    private final CredentialCaches remembered;

    PasswordChanges(
            AccountTools tools, UserStore users, PasswordStore passwords, Logins logins, CredentialCaches remembered) {
        this.tools = tools;
        this.users = users;
        this.passwords = passwords;
        this.logins = logins;
        this.remembered = remembered;
    }

    /** Ends all sessions of the user except the current one. */
    Future<Void> change(PasswordChange change) {
        SessionIdentity session = change.caller().session();
        return users.find(session.owner())
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED))))
                .compose(user -> logins.confirm(
                                user, change.oldPassword(), change.caller().address())
                        .compose(right -> right
                                ? tools.newPasswords().forUser(user.id(), change.newPassword())
                                : Future.failedFuture(new ServerException(ErrorCode.FORBIDDEN, "Wrong password.")))
                        .compose(hash -> replace(
                                user,
                                new NewPassword(hash, session.tokenHash(), false),
                                tools.audit()
                                        .entry(
                                                AuditType.PASSWORD_CHANGED,
                                                user.id(),
                                                change.caller().address()))))
                .onSuccess(done -> remembered.forgetUser(session.owner()));
    }

    private Future<Void> replace(User user, NewPassword password, AuditEntry audit) {
        return passwords
                .replace(
                        user,
                        password,
                        tools.mails().passwordChanged(tools.recipients().of(user), user.username()),
                        audit)
                .onSuccess(done -> tools.mailQueued());
    }
}
