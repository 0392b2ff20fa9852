package io.verstak.server.account;

import io.verstak.server.account.Devices.Paired;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.ConnectionCode;
import io.verstak.server.auth.token.DeviceTokens;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Device;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.TokenHint;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.ConnectionCodeStore;
import io.verstak.server.storage.account.DeviceStore;
import io.verstak.server.storage.account.DeviceStore.NewDevice;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.vault.MemberStore;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pairs, renames and revokes devices. */
public final class UserDevices implements Devices {
    /** In bytes where a device names itself, in characters where a person does. */
    private static final int MAX_NAME = 128;

    private static final int MAX_CLIENT_VERSION = 256;
    private static final int MAX_VAULT_ID = 256;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final String UNNAMED = "unknown";
    private static final Duration CODE_LIVES = Duration.ofMinutes(15);

    private final AccountContext context;
    private final Logins logins;
    private final UserStore users;
    private final DeviceStore devices;
    private final ConnectionCodeStore codes;
    private final MemberStore members;
    private final DeviceTokens deviceTokens;

    public UserDevices(
            AccountContext context,
            Logins logins,
            UserStore users,
            DeviceStore devices,
            ConnectionCodeStore codes,
            MemberStore members,
            DeviceTokens deviceTokens) {
        this.context = context;
        this.logins = logins;
        this.users = users;
        this.devices = devices;
        this.codes = codes;
        this.members = members;
        this.deviceTokens = deviceTokens;
    }

    @Override
    public Future<Void> test(Credentials credentials) {
        return logins.connect(credentials).mapEmpty();
    }

    @Override
    public Future<Paired> pair(Pairing pairing) {
        if (unusable(pairing.name(), MAX_NAME)
                || unusable(pairing.clientVersion(), MAX_CLIENT_VERSION)
                || unusable(pairing.vaultId(), MAX_VAULT_ID)) {
            return Message.DEVICE_FIELD_NOT_ALLOWED.refuse();
        }
        return logins.connect(pairing.credentials())
                .compose(admission -> pair(admission.user(), admission.codeHash(), pairing));
    }

    private Future<Paired> pair(User user, @Nullable String codeHash, Pairing pairing) {
        String vaultId = orElse(pairing.vaultId(), Scope.defaultVault(user.id()));
        if (isAnothersDefault(vaultId, user.id())) {
            return Message.VAULT_ID_TAKEN.refuse();
        }
        String token = context.tokens().newToken();
        TokenHint hint = TokenHint.of(token);
        NewDevice device = new NewDevice(
                context.tokens().newDeviceId(),
                user.id(),
                vaultId,
                orElse(pairing.name(), UNNAMED),
                orElse(pairing.clientVersion(), ""),
                Tokens.digest(token).hex(),
                hint.prefix(),
                hint.suffix(),
                context.tokens().newLogId(),
                context.clock().millis());
        AuditEntry entry = context.audit()
                .entry(
                        AuditType.DEVICE_PAIRED,
                        user.id(),
                        device.id(),
                        pairing.credentials().address().getHostAddress())
                .subject(device.name())
                .agent(device.clientVersion())
                .method(codeHash == null ? "password" : "code");
        return devices.add(device, user.epoch(), codeHash, entry)
                .onSuccess(added -> context.mailQueued())
                .map(added -> new Paired(user.id(), device.id(), token));
    }

    @Override
    public Future<NewCode> newCode(Proof proof, String vaultId, String ownerId) {
        if (unusable(vaultId, MAX_VAULT_ID)
                || isAnothersDefault(vaultId, proof.session().owner())) {
            return Message.VAULT_ID_TAKEN.refuse();
        }
        return logins.require(proof)
                .compose(user -> ownerId.isEmpty() || ownerId.equals(user.id())
                        ? newCode(user, vaultId, "", null, proof.address())
                        : shared(user, vaultId, ownerId)
                                .compose(scopeId -> newCode(user, vaultId, ownerId, scopeId, proof.address())));
    }

    private Future<Long> shared(User user, String vaultId, String ownerId) {
        return members.shared(user.id(), vaultId, ownerId)
                .compose(found -> found.map(
                                vault -> Future.succeededFuture(vault.scope().id()))
                        .orElseGet(() -> Message.VAULT_NOT_FOUND.refuse()));
    }

    private Future<NewCode> newCode(
            User user, String vaultId, String ownerId, @Nullable Long scopeId, InetAddress address) {
        long now = context.clock().millis();
        long endsAt = now + CODE_LIVES.toMillis();
        ConnectionCode code = context.tokens().newConnectionCode();
        return codes.add(
                        new ConnectionCodeStore.NewCode(
                                code.hash().hex(), user.id(), vaultId.isEmpty() ? null : vaultId, scopeId, now, endsAt),
                        context.audit().entry(AuditType.CONNECTION_CODE_CREATED, user.id(), address))
                .map(new NewCode(user.username(), code.grouped(), vaultId, ownerId, endsAt));
    }

    private static boolean isAnothersDefault(String vaultId, String userId) {
        return Scope.isDefaultVault(vaultId) && !vaultId.equals(Scope.defaultVault(userId));
    }

    @Override
    public Future<Device> device(DeviceIdentity device) {
        return devices.find(device.deviceId())
                .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> ErrorCode.UNAUTHORIZED.refuse()));
    }

    @Override
    public Future<List<Device>> devices(SessionIdentity session) {
        return devices.list(session.owner());
    }

    @Override
    public Future<Void> revokeCurrent(DeviceIdentity device, InetAddress address) {
        return revoke(device.userId(), device.deviceId(), address);
    }

    private Future<Void> revoke(String userId, String deviceId, InetAddress from) {
        return devices.revoke(
                        deviceId,
                        context.audit().entry(AuditType.DEVICE_REVOKED, userId, deviceId, from.getHostAddress()))
                .onSuccess(deviceTokens::forget)
                .mapEmpty();
    }

    @Override
    public Future<Void> revoke(String userId, String deviceId, String password, InetAddress address) {
        if (deviceId.isEmpty() || password.isEmpty()) {
            return Message.REVOCATION_INCOMPLETE.refuse();
        }
        return users.find(userId)
                .compose(user -> user.isEmpty()
                        ? Future.succeededFuture(false)
                        : logins.confirmOrRedeem(user.get(), password, address))
                .compose(right -> right ? revokeOwn(userId, deviceId, address) : Message.WRONG_PASSWORD.refuse());
    }

    @Override
    public Future<Void> revoke(Proof proof, String deviceId) {
        return logins.require(proof).compose(user -> revokeOwn(user.id(), deviceId, proof.address()));
    }

    private Future<Void> revokeOwn(String userId, String deviceId, InetAddress address) {
        return devices.find(deviceId).compose(found -> {
            if (found.isEmpty()) {
                return Message.OWN_DEVICE_NOT_FOUND.refuse();
            }
            return found.get().userId().equals(userId)
                    ? revoke(userId, found.get().id(), address)
                    : Message.DEVICE_OF_ANOTHER_USER.refuse();
        });
    }

    @Override
    public Future<Void> rename(SessionIdentity session, String deviceId, String typed, InetAddress address) {
        String name = typed.strip();
        if (name.isEmpty()
                || name.codePointCount(0, name.length()) > MAX_NAME
                || CONTROL.matcher(name).find()) {
            return Message.DEVICE_NAME_NOT_ALLOWED.refuse();
        }
        AuditEntry entry =
                context.audit().entry(AuditType.DEVICE_RENAMED, session.owner(), deviceId, address.getHostAddress());
        return devices.rename(session.owner(), deviceId, name, entry)
                .compose(renamed -> renamed ? Future.succeededFuture() : Message.OWN_DEVICE_NOT_FOUND.refuse());
    }

    /** Returns whether the text exceeds the limit or contains NUL, which not every database can store. */
    private static boolean unusable(@Nullable String text, int maxBytes) {
        return text != null && (text.indexOf('\0') >= 0 || text.getBytes(StandardCharsets.UTF_8).length > maxBytes);
    }

    private static String orElse(@Nullable String text, String fallback) {
        return text == null || text.isEmpty() ? fallback : text;
    }
}
