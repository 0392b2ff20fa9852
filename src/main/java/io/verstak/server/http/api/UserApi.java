package io.verstak.server.http.api;

import io.verstak.server.account.Devices;
import io.verstak.server.account.Sessions;
import io.verstak.server.domain.Device;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Vault;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.verstak.server.vault.OwnVaults;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The calls of a signed-in user, as in sections 5 and 8 of the wire contract. */
public final class UserApi {
    private final Sessions sessions;
    private final Devices devices;
    private final OwnVaults vaults;

    record DeviceAnswer(
            String id, String name, String clientVersion, String lastSeen, String revokedAt, String createdAt) {}

    record VaultAnswer(
            String vaultId,
            String name,
            long serverSequence,
            long operations,
            long devices,
            long blobBytes,
            String lastActivity) {}

    /** The body of a call that requires the password. */
    public record PasswordRequest(@Nullable String password) {}

    record Status(String status) {}

    public UserApi(Sessions sessions, Devices devices, OwnVaults vaults) {
        this.sessions = sessions;
        this.devices = devices;
        this.vaults = vaults;
    }

    public Future<?> logout(Request call, SessionIdentity session) {
        return sessions.signOut(session, call.clientAddress()).map(new Status("ok"));
    }

    public Future<?> devices(Request call, SessionIdentity session) {
        call.noStore();
        return devices.devices(session)
                .map(all -> all.stream().map(UserApi::answer).toList());
    }

    public Future<?> vaults(Request call, SessionIdentity session) {
        call.noStore();
        return vaults.vaults(session)
                .map(all -> all.stream()
                        .filter(vault -> vault.deleteAfter() == null)
                        .map(UserApi::answer)
                        .toList());
    }

    public Future<?> revokeDevice(Request call, SessionIdentity session, PasswordRequest request) {
        return devices.revoke(
                        session.owner(),
                        call.pathParameter("id"),
                        request.password() == null ? "" : request.password(),
                        call.clientAddress())
                .map(new Status("revoked"));
    }

    private static VaultAnswer answer(Vault vault) {
        return new VaultAnswer(
                vault.vaultId(),
                vault.name(),
                vault.head(),
                vault.operations(),
                vault.devices(),
                vault.blobBytes(),
                Times.textOrEmpty(vault.lastPush()));
    }

    private static DeviceAnswer answer(Device device) {
        return new DeviceAnswer(
                device.id(),
                device.name(),
                device.clientVersion(),
                Times.textOrEmpty(device.lastSeen()),
                Times.textOrEmpty(device.revokedAt()),
                Times.text(device.createdAt()));
    }
}
