package io.verstak.server.account;

import io.verstak.server.account.OwnVaults.Overview;
import io.verstak.server.account.OwnVaults.VaultDeviceView;
import io.verstak.server.account.OwnVaults.VaultView;
import io.verstak.server.storage.VaultStore;
import io.verstak.server.storage.VaultStore.StoredBytes;
import io.verstak.server.storage.VaultStore.Vault;
import io.verstak.server.storage.VaultStore.VaultDevice;
import io.vertx.core.Future;
import java.util.List;

/** Tells users about their vaults, devices and storage. */
final class UserVaults {
    private static final int MAX_DEVICES = 500;

    private final VaultStore store;
    private final long serverQuota;

    /** @param serverQuota bytes that a user's blobs may take who has no quota of the own */
    UserVaults(VaultStore store, long serverQuota) {
        this.store = store;
        this.serverQuota = serverQuota;
    }

    Future<List<VaultView>> list(SessionIdentity session) {
        return store.vaults(session.owner())
                .map(vaults -> vaults.stream().map(UserVaults::view).toList());
    }

    Future<Overview> overview(SessionIdentity session) {
        Future<List<VaultView>> vaults = list(session);
        Future<List<VaultDevice>> devices = store.devices(session.owner(), MAX_DEVICES);
        Future<StoredBytes> bytes = store.storedBytes(session.owner());
        return Future.all(vaults, devices, bytes)
                .map(all -> new Overview(
                        vaults.result(),
                        devices.result().stream().map(UserVaults::view).toList(),
                        bytes.result().used(),
                        quota(bytes.result())));
    }

    private long quota(StoredBytes bytes) {
        Long own = bytes.quota();
        return own == null ? serverQuota : own;
    }

    private static VaultView view(Vault vault) {
        return new VaultView(
                vault.vaultId(),
                vault.head(),
                vault.operations(),
                vault.devices(),
                vault.blobBytes(),
                vault.lastPush(),
                vault.createdAt());
    }

    private static VaultDeviceView view(VaultDevice device) {
        return new VaultDeviceView(
                device.id(),
                device.name(),
                device.clientVersion(),
                device.vaultId(),
                device.behind(),
                device.lastSeen(),
                device.revokedAt(),
                device.createdAt());
    }
}
