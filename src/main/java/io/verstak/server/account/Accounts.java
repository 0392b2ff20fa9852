package io.verstak.server.account;

import io.verstak.server.domain.DeviceIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Users' logins and the devices paired with them, as the wire contract's section 2 has it. May be called on any context;
 * the futures complete there.
 *
 * <p>Every call that takes a password can refuse with {@code UNAUTHORIZED} (told alike for an unknown user and a wrong
 * password), with {@code FORBIDDEN} (blocked or unconfirmed, told only to who has the password), with
 * {@code RATE_LIMITED}, and with {@code UNAVAILABLE} when too many passwords are being checked already.
 */
public interface Accounts {

    /**
     * A login as a client sent it; a field that is missing or null is empty.
     *
     * @param address the client's network address
     */
    record Credentials(@Nullable String login, @Nullable String password, InetAddress address) {}

    /**
     * A device to be paired.
     *
     * @param name empty stands for {@code unknown}
     * @param vaultId empty stands for the user's default vault
     */
    record Pairing(
            Credentials credentials,
            @Nullable String name,
            @Nullable String clientVersion,
            @Nullable String vaultId) {}

    /**
     * A device that was paired.
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

    /** Checks a login and nothing else. */
    Future<Void> test(Credentials credentials);

    /** Makes a device with a token. Also refuses with {@code INVALID_REQUEST}: no login, no password, or a field too long. */
    Future<Paired> pair(Pairing pairing);

    Future<DeviceView> device(DeviceIdentity device);

    /** Revokes the caller's own device: its token is refused from the next request on. */
    Future<Void> revokeCurrent(DeviceIdentity device, InetAddress address);

    /**
     * Revokes a device of the caller's user. Refuses with {@code INVALID_REQUEST} (something missing), {@code FORBIDDEN}
     * (wrong password, or another user's device) and {@code NOT_FOUND}.
     */
    Future<Void> revoke(DeviceIdentity caller, String deviceId, String password, InetAddress address);
}
