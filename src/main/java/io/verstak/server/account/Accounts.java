package io.verstak.server.account;

import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Users' logins and their paired devices, as described in section 2 of the wire contract. May be called on any context;
 * futures complete there.
 *
 * <p>Every call with a password can refuse with {@code UNAUTHORIZED} (identical for an unknown user and a wrong
 * password), with {@code FORBIDDEN} (blocked or unconfirmed, reported only after the right password), with {@code
 * RATE_LIMITED}, and with {@code UNAVAILABLE} when too many passwords are being checked.
 */
public interface Accounts {

    /**
     * A login as a client sent it; a missing or null field is empty.
     *
     * @param address the client's network address
     */
    record Credentials(@Nullable String login, @Nullable String password, InetAddress address) {}

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

    /** A device as its owner sees it. Times are milliseconds since the epoch. */
    record DeviceView(
            String id,
            String userId,
            String username,
            String name,
            String clientVersion,
            @Nullable Long lastSeen,
            @Nullable Long revokedAt,
            long createdAt) {}

    /** Checks a login. */
    Future<Void> test(Credentials credentials);

    /**
     * Pairs a device and issues its token. Also refuses with {@code INVALID_REQUEST}: login or password missing, or a
     * field too long.
     */
    Future<Paired> pair(Pairing pairing);

    Future<DeviceView> device(DeviceIdentity device);

    /** Revokes the caller's own device, which is refused from the next request on. */
    Future<Void> revokeCurrent(DeviceIdentity device, InetAddress address);

    /**
     * Revokes a device of the caller's user. Refuses with {@code INVALID_REQUEST} (a field is missing), {@code
     * FORBIDDEN} (wrong password, or another user's device) and {@code NOT_FOUND}.
     */
    Future<Void> revoke(DeviceIdentity caller, String deviceId, String password, InetAddress address);
}
