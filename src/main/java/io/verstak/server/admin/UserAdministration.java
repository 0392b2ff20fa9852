package io.verstak.server.admin;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.AccountContext.Link;
import io.verstak.server.account.UserRegistration;
import io.verstak.server.admin.Administration.NewUser;
import io.verstak.server.admin.Administration.UserEdit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.DeviceTokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.Device;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.DeviceStore;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.PasswordStore.NewPassword;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.UserEditStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Administrators' actions on users and devices, of the pages and of the commands. Works on the database itself, so that a command
 * can act beside a running server, which notices within {@value InvalidationPoller#INTERVAL_MILLIS} ms; done by the server, a
 * change counts from the next request on. Futures complete on the caller's context.
 */
public final class UserAdministration implements Administration {
    private final AccountContext context;
    private final UserStore users;
    private final UserEditStore edits;
    private final RegistrationStore registrations;
    private final PasswordStore passwords;
    private final AdministratorStore administrators;
    private final DeviceStore devices;
    private final DeviceTokens deviceTokens;

    public UserAdministration(
            AccountContext context,
            UserStore users,
            UserEditStore edits,
            RegistrationStore registrations,
            PasswordStore passwords,
            AdministratorStore administrators,
            DeviceStore devices,
            DeviceTokens deviceTokens) {
        this.context = context;
        this.users = users;
        this.edits = edits;
        this.registrations = registrations;
        this.passwords = passwords;
        this.administrators = administrators;
        this.devices = devices;
        this.deviceTokens = deviceTokens;
    }

    /** Returns all users by name. */
    public Future<List<User>> users() {
        return users.list();
    }

    /** Returns the user with this name or address. Fails with {@code NOT_FOUND}. */
    public Future<User> find(String nameOrAddress) {
        return users.findByLogin(Usernames.typed(nameOrAddress))
                .map(found -> found.orElseThrow(() -> new ServerException(Message.NAME_OR_ADDRESS_NOT_FOUND)));
    }

    private Future<User> user(String id) {
        return users.find(id).map(found -> found.orElseThrow(() -> new ServerException(Message.USER_NOT_FOUND)));
    }

    @Override
    public Future<String> createUser(Actor by, NewUser wanted) {
        String username = Usernames.typed(wanted.username());
        if (!Usernames.isAllowed(username)) {
            return Message.USERNAME_NOT_ALLOWED.refuse();
        }
        Optional<EmailAddress> email = EmailAddress.parse(wanted.email());
        if (email.isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        return context.newPasswords().forUser(wanted.password()).compose(hash -> {
            String id = context.tokens().newUserId();
            long now = context.clock().millis();
            User user = new User(id, username, email.get().text(), hash, true, false, 0, "", null, now);
            return users.add(user, context.audit().by(by, AuditType.USER_CREATED, id, ""))
                    .map(id);
        });
    }

    /** Administrators cannot block their own accounts: there might be no administrator left. */
    @Override
    public Future<Boolean> block(Actor by, String userId, Optional<Boolean> wanted) {
        return administrators
                .findByUser(userId)
                .compose(found -> found.isPresent() && found.get().key().equals(by.name()) && wanted.orElse(true)
                        ? Message.OWN_ACCOUNT.refuse()
                        : setBlocked(by, userId, wanted));
    }

    private Future<Boolean> setBlocked(Actor by, String userId, Optional<Boolean> wanted) {
        return edits.setBlocked(
                        userId,
                        wanted,
                        context.audit().by(by, AuditType.USER_BLOCKED, userId, ""),
                        context.audit().by(by, AuditType.USER_UNBLOCKED, userId, ""))
                .onSuccess(blocked -> context.caches().forgetUser(userId));
    }

    @Override
    public Future<String> resetPassword(Actor by, String userId) {
        return user(userId).compose(user -> resetPassword(by, user, Optional.empty(), false));
    }

    /**
     * Sets a user's password, ends all sessions, and notifies the owner by mail. Fails with {@code INVALID_REQUEST} if the password
     * is not allowed.
     *
     * @param chosen empty: one is generated
     * @return the password
     */
    public Future<String> resetPassword(Actor by, User user, Optional<String> chosen, boolean revokeDevices) {
        String password = chosen.orElseGet(context.newPasswords()::generate);
        return context.newPasswords()
                .forUser(user.id(), password)
                .compose(hash -> passwords.replace(
                        user,
                        new NewPassword(hash, "", revokeDevices),
                        context.audit().by(by, AuditType.PASSWORD_SET, user.id(), "")))
                .map(done -> {
                    context.caches().forgetUser(user.id());
                    context.mailQueued();
                    return password;
                });
    }

    @Override
    public Future<Void> editUser(Actor by, String userId, UserEdit edit) {
        return user(userId).compose(user -> {
            Optional<String> username =
                    edit.username().map(Usernames::typed).filter(name -> !name.equals(user.username()));
            Optional<String> email =
                    edit.email().map(Usernames::typed).filter(address -> !address.equals(user.email()));
            if (username.isPresent() && !Usernames.isAllowed(username.get())) {
                return Message.USERNAME_NOT_ALLOWED.refuse();
            }
            if (email.isPresent() && EmailAddress.parse(email.get()).isEmpty()) {
                return Message.INVALID_EMAIL.refuse();
            }
            return edits.rename(
                    userId,
                    username,
                    email.flatMap(EmailAddress::parse).map(EmailAddress::text),
                    context.audit().by(by, AuditType.USER_EDITED, userId, ""));
        });
    }

    @Override
    public Future<Void> confirmUser(Actor by, String userId) {
        return edits.confirm(userId, context.audit().by(by, AuditType.USER_CONFIRMED, userId, ""));
    }

    @Override
    public Future<Void> resendConfirmation(Actor by, String userId) {
        return user(userId)
                .<Void>compose(user -> {
                    Link link = context.newLink(Purpose.CONFIRM, user.id(), user.email(), UserRegistration.LINK_LIVES);
                    return registrations.renew(
                            link.stored(),
                            context.mails().confirm(context.recipient(user), link.token(), link.endsAt()),
                            context.audit().by(by, AuditType.CONFIRMATION_SENT, userId, ""));
                })
                .onSuccess(queued -> context.mailQueued());
    }

    @Override
    public Future<Void> setQuota(Actor by, String userId, Optional<Long> bytes) {
        if (bytes.isPresent() && bytes.get() < 0) {
            return Message.QUOTA_NOT_BYTES.refuse();
        }
        return edits.setQuota(userId, bytes.orElse(null), context.audit().by(by, AuditType.QUOTA_SET, userId, ""));
    }

    /** Deletes a user with all access. The audit log keeps the user's entries under a pseudonym. */
    @Override
    public Future<Void> deleteUser(Actor by, String userId) {
        return users.find(userId)
                .compose(user -> user.isEmpty()
                        ? Future.succeededFuture()
                        : users.delete(
                                        userId,
                                        context.tokens().newPseudonym(),
                                        context.audit().by(by, AuditType.USER_DELETED, userId, ""))
                                .onSuccess(deleted -> context.caches().forgetUser(userId)));
    }

    /** Returns the devices of a user, revoked ones too, the latest first. */
    public Future<List<Device>> devices(String userId) {
        return devices.list(userId);
    }

    @Override
    public Future<Void> revokeDevice(Actor by, String deviceId) {
        return devices.find(deviceId)
                .map(found -> found.orElseThrow(() -> new ServerException(Message.DEVICE_NOT_FOUND)))
                .compose(device -> devices.revoke(
                        deviceId, context.audit().by(by, AuditType.DEVICE_REVOKED, device.userId(), deviceId)))
                .onSuccess(deviceTokens::forget)
                .mapEmpty();
    }
}
