package io.verstak.server.account;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.Device;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users' paired devices, as described in sections 2 and 5 of the wire contract. Safe to call on any context; futures complete on
 * the caller's context.
 *
 * <p>Methods that take a password fail with {@code UNAUTHORIZED} (the same for an unknown user and a wrong password), {@code
 * FORBIDDEN} (the user is blocked or unconfirmed; only if the password is right), {@code RATE_LIMITED}, and {@code UNAVAILABLE}
 * when too many passwords are being checked.
 */
public interface Devices {

    /**
     * A device to pair.
     *
     * @param name the device's name; an empty name is stored as {@code unknown}
     * @param vaultId the vault to pair with; empty selects the user's default vault
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

    /** Verifies a login and its password without pairing a device. */
    Future<Void> test(Credentials credentials);

    /**
     * Pairs a device and issues its token. An id that is both the user's own and shared with the user means the own vault; a connection
     * code says which. Also fails with {@code CONFLICT} if several people share a vault with this id; with {@code FORBIDDEN} if a
     * connection code is for another vault, or if the password is right and only codes connect devices; and with
     * {@code INVALID_REQUEST} if login or password is missing or a field is too long.
     */
    Future<Paired> pair(Pairing pairing);

    /**
     * A code that connects one device.
     *
     * @param login the user's name, to be entered with the code
     * @param code in groups, of which the server keeps no copy
     * @param vaultId the vault that it connects to; empty: one that the user does not have yet
     * @param ownerId who shares that vault; empty: it is the user's own
     * @param endsAt milliseconds since the epoch
     */
    record NewCode(String login, String code, String vaultId, String ownerId, long endsAt) {
        /** Without the code. */
        @Override
        public String toString() {
            return "NewCode";
        }
    }

    /**
     * Makes a code that works as the password of {@link #test} as often as wanted, and of {@link #pair} or {@link #revoke} once. It opens
     * a vault for longer than any session, so it takes a proof. Fails as {@link StepUp} does, and with {@code INVALID_REQUEST} if the vault
     * cannot be the user's.
     *
     * @param vaultId the only vault that it connects to; empty: one that the user does not have yet
     * @param ownerId the user who shares it; empty: it is the user's own
     */
    Future<NewCode> newCode(Proof proof, String vaultId, String ownerId);

    /** Returns the calling device. */
    Future<Device> device(DeviceIdentity device);

    /** Returns all devices of the user, including revoked ones. */
    Future<List<Device>> devices(SessionIdentity session);

    /**
     * Renames a device. Fails with {@code INVALID_REQUEST} if the name is blank, longer than 128 characters, or has a line break, and
     * with {@code NOT_FOUND} if the device does not exist or belongs to another user.
     */
    Future<Void> rename(SessionIdentity session, String deviceId, String name, InetAddress address);

    /** Revokes the calling device. Its token is rejected from the next request on. */
    Future<Void> revokeCurrent(DeviceIdentity device, InetAddress address);

    /** Revokes a device of the user, on a page. Fails as {@link StepUp} does, and with {@code FORBIDDEN} or {@code NOT_FOUND}. */
    Future<Void> revoke(Proof proof, String deviceId);

    /**
     * Revokes a device of the user. Fails with {@code INVALID_REQUEST} if a field is missing, {@code FORBIDDEN} if the password is
     * wrong or the device is another user's (as the wire contract has it), and {@code NOT_FOUND}.
     */
    Future<Void> revoke(String userId, String deviceId, String password, InetAddress address);
}
