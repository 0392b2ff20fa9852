package io.verstak.server.account;

import io.verstak.server.domain.Device;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users' paired devices, as described in sections 2 and 5 of the wire contract. May be called on any context; futures complete
 * there.
 *
 * <p>Every call with a password can refuse with {@code UNAUTHORIZED} (identical for an unknown user and a wrong
 * password), with {@code FORBIDDEN} (blocked or unconfirmed, reported only after the right password), with {@code
 * RATE_LIMITED}, and with {@code UNAVAILABLE} when too many passwords are being checked.
 */
public interface Devices {

    /**
     * A device to pair.
     *
     * @param name empty for {@code unknown}
     * @param vaultId empty for the user's default vault
     */
    record Pairing(
            Credentials credentials,
            @Nullable String name,
            @Nullable String clientVersion,
            @Nullable String vaultId) {}

    /**
     * A paired device.
     *
     * @param token 64 hexadecimal digits; the server keeps no copy
     */
    record Paired(String userId, String deviceId, String token) {}

    /** Checks a login. */
    Future<Void> test(Credentials credentials);

    /**
     * Pairs a device and issues its token. Also refuses with {@code INVALID_REQUEST}: login or password missing, or a
     * field too long.
     */
    Future<Paired> pair(Pairing pairing);

    Future<Device> device(DeviceIdentity device);

    /** Returns all devices of the user, including revoked ones. */
    Future<List<Device>> devices(SessionIdentity session);

    /**
     * Renames a device. Refuses with {@code INVALID_REQUEST} (blank, longer than 128 bytes, or with a line break) and
     * {@code NOT_FOUND}, also for another user's device.
     */
    Future<Void> rename(SessionIdentity session, String deviceId, String name, InetAddress address);

    /** Revokes the caller's own device, which is refused from the next request on. */
    Future<Void> revokeCurrent(DeviceIdentity device, InetAddress address);

    /**
     * Revokes a device of the user. Refuses with {@code INVALID_REQUEST} (a field is missing), {@code
     * FORBIDDEN} (wrong password, or another user's device) and {@code NOT_FOUND}.
     */
    Future<Void> revoke(String userId, String deviceId, String password, InetAddress address);
}
