package io.verstak.server.http.api;

import io.verstak.server.account.Accounts.DeviceView;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.account.Sessions;
import io.verstak.server.http.Call;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What a signed-in user may see and do: the wire contract's section 5. */
public final class UserApi {
    private final Sessions sessions;

    record DeviceAnswer(
            String id, String name, String clientVersion, String lastSeen, String revokedAt, String createdAt) {}

    /** The body of a call that asks for the password again. */
    public record PasswordRequest(@Nullable String password) {}

    record Status(String status) {}

    public UserApi(Sessions sessions) {
        this.sessions = sessions;
    }

    public Future<?> logout(Call call, SessionIdentity session) {
        return sessions.signOut(session, call.clientAddress()).map(new Status("signed_out"));
    }

    public Future<?> devices(Call call, SessionIdentity session) {
        call.noStore();
        return sessions.devices(session)
                .map(devices -> devices.stream().map(UserApi::answer).toList());
    }

    public Future<?> revokeDevice(Call call, SessionIdentity session, PasswordRequest request) {
        return sessions.revokeDevice(
                        session,
                        call.pathParameter("id"),
                        request.password() == null ? "" : request.password(),
                        call.clientAddress())
                .map(new Status("revoked"));
    }

    private static DeviceAnswer answer(DeviceView device) {
        return new DeviceAnswer(
                device.id(),
                device.name(),
                device.clientVersion(),
                Times.textOrEmpty(device.lastSeen()),
                Times.textOrEmpty(device.revokedAt()),
                Times.text(device.createdAt()));
    }
}
