package io.verstak.server.account;

import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.InvitationStore;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** The {@link Administration} that works on the database itself. */
final class AdministrationServices implements Administration {
    private final Administrators administrators;
    private final UserEdits users;
    private final InvitationStore invitations;
    private final MailAdministration mail;
    private final Audit audit;

    AdministrationServices(
            Administrators administrators,
            UserEdits users,
            InvitationStore invitations,
            MailAdministration mail,
            Audit audit) {
        this.administrators = administrators;
        this.users = users;
        this.invitations = invitations;
        this.mail = mail;
        this.audit = audit;
    }

    @Override
    public Future<Void> requirePassword(SessionIdentity administrator, String password, InetAddress address) {
        return administrators
                .isPassword(administrator, password, address)
                .compose(right -> right
                        ? Future.succeededFuture()
                        : Future.failedFuture(new ServerException(Message.WRONG_PASSWORD)));
    }

    @Override
    public Future<String> createUser(Actor by, NewUser user) {
        return users.accounts(by).createUser(user.username(), user.email(), user.password());
    }

    @Override
    public Future<Boolean> block(Actor by, String userId, Optional<Boolean> wanted) {
        return users.block(by, userId, wanted);
    }

    @Override
    public Future<String> resetPassword(Actor by, String userId) {
        return users.resetPassword(by, userId);
    }

    @Override
    public Future<Void> editUser(Actor by, String userId, UserEdit edit) {
        return users.edit(by, userId, edit);
    }

    @Override
    public Future<Void> confirmUser(Actor by, String userId) {
        return users.confirm(by, userId);
    }

    @Override
    public Future<Void> setQuota(Actor by, String userId, Optional<Long> bytes) {
        return users.setQuota(by, userId, bytes);
    }

    @Override
    public Future<Void> deleteUser(Actor by, String userId) {
        return users.delete(by, userId);
    }

    @Override
    public Future<Void> revokeDevice(Actor by, String deviceId) {
        return users.revokeDevice(by, deviceId);
    }

    @Override
    public Future<String> invite(Actor by, String email) {
        return users.accounts(by).invite(email, by.name()).map(mail::invitationLink);
    }

    @Override
    public Future<Void> revokeInvitation(Actor by, String id) {
        return invitations.revoke(id, audit.by(by, AuditType.INVITATION_REVOKED, "", ""));
    }

    @Override
    public Future<MailView> mail() {
        return mail.view();
    }

    @Override
    public Future<Void> saveMail(Actor by, MailDraft draft) {
        return mail.save(by, draft);
    }

    @Override
    public Future<Void> forgetMail(Actor by) {
        return mail.forget(by);
    }

    @Override
    public Future<Void> testMail(Optional<MailDraft> draft, String recipient) {
        return mail.test(draft, recipient);
    }

    @Override
    public Future<List<UnsentMail>> unsentMails(MailSlice slice) {
        return mail.unsent(slice);
    }

    @Override
    public Future<Long> unsentMailCount() {
        return mail.unsentCount();
    }

    @Override
    public Future<Void> retryMail(Actor by, String id) {
        return mail.retry(by, id);
    }
}
