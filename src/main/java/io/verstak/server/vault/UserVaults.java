package io.verstak.server.vault;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Vault;
import io.verstak.server.domain.VaultDevice;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.domain.sharing.SharedVault;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.VaultStore;
import io.verstak.server.storage.account.VaultStore.StoredBytes;
import io.verstak.server.storage.stats.VaultDayStore;
import io.verstak.server.storage.vault.MemberStore;
import io.verstak.server.vault.OwnVaults.Overview;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/** Returns users' vaults, devices and storage. */
public final class UserVaults implements OwnVaults, VaultAccess {
    private static final int MAX_DEVICES = 500;
    private static final int DAYS = 30;

    private final VaultStore store;
    private final LongSupplier serverQuota;
    private final MemberStore members;
    private final VaultDayStore days;
    private final WebDevices webDevices;
    private final Audit audit;
    private final Clock clock;

    /** @param serverQuota the quota in bytes of users without an own one */
    public UserVaults(
            VaultStore store,
            MemberStore members,
            LongSupplier serverQuota,
            VaultDayStore days,
            WebDevices webDevices,
            Audit audit,
            Clock clock) {
        this.store = store;
        this.members = members;
        this.serverQuota = serverQuota;
        this.days = days;
        this.webDevices = webDevices;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public Future<List<Vault>> vaults(SessionIdentity session) {
        return store.vaults(session.owner());
    }

    @Override
    public Future<Overview> overview(SessionIdentity session) {
        Future<List<Vault>> vaults = vaults(session);
        Future<List<VaultDevice>> devices = store.devices(session.owner(), MAX_DEVICES);
        Future<StoredBytes> bytes = store.storedBytes(session.owner());
        long now = clock.millis();
        Future<List<Day>> activity = days.ofUser(session.owner(), now, DAYS).map(found -> days(found, now));
        return Future.all(vaults, devices, bytes, activity)
                .map(all -> new Overview(
                        vaults.result(),
                        devices.result(),
                        bytes.result().used(),
                        quota(bytes.result()),
                        activity.result()));
    }

    @Override
    public Future<Void> rename(SessionIdentity session, String vaultId, String typed, InetAddress address) {
        return VaultName.parse(typed)
                .map(name -> store.rename(
                                session.owner(),
                                vaultId,
                                name,
                                audit.entry(AuditType.VAULT_RENAMED, session, address)
                                        .subject(name))
                        .compose(found -> found ? Future.<Void>succeededFuture() : Message.VAULT_NOT_FOUND.refuse()))
                .orElseGet(() -> Message.VAULT_NAME_NOT_ALLOWED.refuse());
    }

    /** A full disk prevents the audit entry, but not the export. */
    @Override
    public Future<Scope> export(SessionIdentity session, String vaultId, InetAddress address) {
        String userId = session.owner();
        return store.vault(userId, vaultId)
                .compose(found -> found.map(
                                vault -> Future.succeededFuture(new Scope(vault.scopeId(), userId, vault.vaultId())))
                        .orElseGet(() -> ErrorCode.NOT_FOUND.refuse()))
                .onSuccess(scope -> audit.note(audit.entry(AuditType.VAULT_EXPORTED, userId, address)));
    }

    @Override
    public Future<Grant> of(SessionIdentity session, String vaultId, String ownerId) {
        String userId = session.owner();
        if (!ownerId.isEmpty() && !ownerId.equals(userId)) {
            return members.shared(userId, vaultId, ownerId).compose(found -> grant(userId, found));
        }
        return store.vault(userId, vaultId)
                .compose(found -> found.map(vault -> Future.succeededFuture(new Grant(
                                new Scope(vault.scopeId(), userId, vault.vaultId()),
                                userId,
                                vault.label(),
                                Role.OWNER,
                                vault.deleteAfter() != null)))
                        .orElseGet(
                                () -> ownerId.isEmpty() ? onlyShared(userId, vaultId) : ErrorCode.NOT_FOUND.refuse()));
    }

    /** Several people may share a vault with this id: then the address has to say whose. */
    private Future<Grant> onlyShared(String userId, String vaultId) {
        return members.shared(userId, vaultId)
                .compose(all -> grant(userId, all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty()));
    }

    private static Future<Grant> grant(String userId, Optional<SharedVault> found) {
        return found.map(vault -> Future.succeededFuture(
                        new Grant(vault.scope(), userId, vault.label(), vault.role(), vault.deleted())))
                .orElseGet(() -> ErrorCode.NOT_FOUND.refuse());
    }

    @Override
    public Future<Void> exported(Grant vault, InetAddress address) {
        audit.note(audit.entry(AuditType.VAULT_EXPORTED, vault.userId(), address));
        return Future.succeededFuture();
    }

    @Override
    public Future<DeviceIdentity> webDevice(SessionIdentity session, Grant vault) {
        return vault.mayWrite() ? webDevices.of(session.owner(), vault.scope()) : Message.VAULT_READ_ONLY.refuse();
    }

    @Override
    public Future<Void> changed(SessionIdentity session, Grant vault, InetAddress address) {
        audit.note(audit.entry(AuditType.FILES_BROUGHT_BACK, session, address).subject(vault.label()));
        return Future.succeededFuture();
    }

    @Override
    public Future<Map<String, String>> deviceNames(Scope scope, Collection<String> deviceIds) {
        return store.deviceNames(scope.id(), deviceIds);
    }

    private static List<Day> days(Map<Long, Long> operations, long now) {
        long today = TimeUnit.MILLISECONDS.toDays(now);
        return LongStream.rangeClosed(today - DAYS + 1, today)
                .mapToObj(day -> new Day(TimeUnit.DAYS.toMillis(day), operations.getOrDefault(day, 0L)))
                .toList();
    }

    private long quota(StoredBytes bytes) {
        Long own = bytes.quota();
        return own == null ? serverQuota.getAsLong() : own;
    }
}
