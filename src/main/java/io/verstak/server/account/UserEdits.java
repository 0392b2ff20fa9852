package io.verstak.server.account;

import io.verstak.server.account.Administration.UserEdit;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.DeviceStore;
import io.verstak.server.storage.account.DeviceStore.Device;
import io.verstak.server.storage.account.UserEditStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** What administrators change of users that are there, by their ids. */
public final class UserEdits {
    private final AccountAdministration accounts;
    private final UserStore users;
    private final UserEditStore edits;
    private final AdministratorStore administrators;
    private final DeviceStore devices;
    private final DeviceTokens deviceTokens;
    private final CredentialCaches remembered;
    private final Audit audit;

    UserEdits(
            AccountAdministration accounts,
            UserStore users,
            UserEditStore edits,
            AdministratorStore administrators,
            DeviceStore devices,
            DeviceTokens deviceTokens,
            CredentialCaches remembered,
            Audit audit) {
        this.accounts = accounts;
        this.users = users;
        this.edits = edits;
        this.administrators = administrators;
        this.devices = devices;
        this.deviceTokens = deviceTokens;
        this.remembered = remembered;
        this.audit = audit;
    }

    /** What is done by somebody to accounts as such. */
    AccountAdministration accounts(Actor by) {
        return accounts.by(by);
    }

    private Future<User> user(String id) {
        return users.find(id).map(found -> found.orElseThrow(UserEdits::noUser));
    }

    /** Nobody blocks their own account: there might be no administrator left. */
    Future<Boolean> block(Actor by, String userId, Optional<Boolean> wanted) {
        return administrators
                .findByUser(userId)
                .compose(found -> found.isPresent() && found.get().key().equals(by.name()) && wanted.orElse(true)
                        ? refuse(Message.OWN_ACCOUNT)
                        : change(by, userId, wanted));
    }

    private Future<Boolean> change(Actor by, String userId, Optional<Boolean> wanted) {
        if (wanted.isEmpty()) {
            return edits.toggleBlocked(
                            userId,
                            audit.by(by, AuditType.USER_BLOCKED, userId, ""),
                            audit.by(by, AuditType.USER_UNBLOCKED, userId, ""))
                    .onSuccess(now -> remembered.forgetUser(userId));
        }
        boolean block = wanted.get();
        return user(userId)
                .compose(user ->
                        block ? accounts(by).block(userId) : accounts(by).unblock(userId))
                .map(block);
    }

    Future<String> resetPassword(Actor by, String userId) {
        return user(userId).compose(user -> accounts(by).resetPassword(user, Optional.empty(), false));
    }

    Future<Void> edit(Actor by, String userId, UserEdit edit) {
        return user(userId).compose(user -> {
            Optional<String> username =
                    edit.username().map(Usernames::typed).filter(name -> !name.equals(user.username()));
            Optional<String> email =
                    edit.email().map(Usernames::typed).filter(address -> !address.equals(user.email()));
            if (username.isPresent() && !Usernames.isAllowed(username.get())) {
                return refuse(Message.USERNAME_NOT_ALLOWED);
            }
            if (email.isPresent() && EmailAddress.parse(email.get()).isEmpty()) {
                return refuse(Message.INVALID_EMAIL);
            }
            return edits.rename(
                    userId,
                    username,
                    email.flatMap(EmailAddress::parse).map(EmailAddress::text),
                    audit.by(by, AuditType.USER_EDITED, userId, ""));
        });
    }

    /** Makes the user's address count as confirmed. Fails with {@code NOT_FOUND} if there is no such user. */
    public Future<Void> confirm(Actor by, String userId) {
        return edits.confirm(userId, audit.by(by, AuditType.USER_CONFIRMED, userId, ""));
    }

    Future<Void> setQuota(Actor by, String userId, Optional<Long> bytes) {
        if (bytes.isPresent() && bytes.get() < 0) {
            return refuse(Message.QUOTA_NOT_BYTES);
        }
        return edits.setQuota(userId, bytes.orElse(null), audit.by(by, AuditType.QUOTA_SET, userId, ""));
    }

    /** Deletes a user with all devices and vaults; does nothing if there is none. */
    public Future<Void> delete(Actor by, String userId) {
        return users.find(userId)
                .compose(user ->
                        user.isEmpty() ? Future.succeededFuture() : accounts(by).delete(userId));
    }

    /** Returns the devices of a user, revoked ones too, the latest first. */
    public Future<List<Device>> devices(String userId) {
        return devices.list(userId);
    }

    /** Revokes a device for good. Fails with {@code NOT_FOUND} if there is none of this id. */
    public Future<Void> revokeDevice(Actor by, String deviceId) {
        return devices.find(deviceId)
                .map(found -> found.orElseThrow(() -> new ServerException(Message.DEVICE_NOT_FOUND)))
                .compose(device ->
                        devices.revoke(deviceId, audit.by(by, AuditType.DEVICE_REVOKED, device.userId(), deviceId)))
                .onSuccess(deviceTokens::forget)
                .mapEmpty();
    }

    private static ServerException noUser() {
        return new ServerException(Message.USER_NOT_FOUND);
    }

    private static <T> Future<T> refuse(Message message) {
        return Future.failedFuture(new ServerException(message));
    }
}
