package io.verstak.server.http.api;

import static java.util.Objects.requireNonNullElse;

import io.verstak.server.account.Credentials;
import io.verstak.server.account.Devices;
import io.verstak.server.account.Devices.Pairing;
import io.verstak.server.domain.Device;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.vertx.core.Future;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Serves pairing and a device's requests about itself (wire contract, section 2). */
public final class ClientApi {
    private final Devices devices;
    private final Clock clock;

    public record PairRequest(
            @Nullable String login,
            @Nullable String password,
            @Nullable String deviceName,
            @Nullable String clientVersion,
            @Nullable String vaultId) {}

    record PairAnswer(String userId, String deviceId, String deviceToken, String serverTime, long initialSyncCursor) {}

    public record TestRequest(
            @Nullable String username, @Nullable String password) {}

    public record RegisterRequest(
            @Nullable String name,
            @Nullable String username,
            @Nullable String password,
            @Nullable String vaultId) {}

    record RegisterAnswer(String deviceId, String deviceToken) {}

    public record RevokeRequest(
            @Nullable String deviceId, @Nullable String password) {}

    record Me(
            String deviceId,
            String userId,
            String username,
            String deviceName,
            String clientVersion,
            String lastSeen,
            String revokedAt,
            String createdAt) {}

    record Status(String status) {}

    public ClientApi(Devices devices, Clock clock) {
        this.devices = devices;
        this.clock = clock;
    }

    public Future<?> pair(Request call, PairRequest request) {
        Credentials credentials = new Credentials(request.login(), request.password(), call.clientAddress());
        call.noStore();
        return devices.pair(new Pairing(credentials, request.deviceName(), request.clientVersion(), request.vaultId()))
                .map(paired -> new PairAnswer(
                        paired.userId(), paired.deviceId(), paired.token(), Times.text(clock.millis()), 0));
    }

    public Future<?> test(Request call, TestRequest request) {
        return devices.test(new Credentials(request.username(), request.password(), call.clientAddress()))
                .map(new Status("ok"));
    }

    public Future<?> register(Request call, RegisterRequest request) {
        Credentials credentials = new Credentials(request.username(), request.password(), call.clientAddress());
        call.noStore();
        return devices.pair(new Pairing(credentials, request.name(), "", request.vaultId()))
                .map(paired -> new RegisterAnswer(paired.deviceId(), paired.token()));
    }

    public Future<?> me(Request call, DeviceIdentity device) {
        return devices.device(device).map(ClientApi::me);
    }

    public Future<?> revokeCurrent(Request call, DeviceIdentity device) {
        return devices.revokeCurrent(device, call.clientAddress()).map(new Status("revoked"));
    }

    public Future<?> revoke(Request call, DeviceIdentity device, RevokeRequest request) {
        return devices.revoke(
                        device.userId(),
                        requireNonNullElse(request.deviceId(), ""),
                        requireNonNullElse(request.password(), ""),
                        call.clientAddress())
                .map(new Status("revoked"));
    }

    private static Me me(Device view) {
        return new Me(
                view.id(),
                view.userId(),
                view.username(),
                view.name(),
                view.clientVersion(),
                Times.textOrEmpty(view.lastSeen()),
                Times.textOrEmpty(view.revokedAt()),
                Times.textOrEmpty(view.createdAt()));
    }
}
