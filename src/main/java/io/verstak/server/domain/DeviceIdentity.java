package io.verstak.server.domain;

/**
 * The device that a token belongs to.
 *
 * @param deviceId {@code dev_} and 24 hexadecimal digits
 * @param scope all that the device reads and writes
 * @param userId whose device it is: the owner of the scope, or a member of the vault
 * @param readOnly whether it may add nothing
 */
public record DeviceIdentity(String deviceId, Scope scope, String userId, boolean readOnly) {

    /** A device of the owner of its scope. */
    public DeviceIdentity(String deviceId, Scope scope) {
        this(deviceId, scope, scope.userId(), false);
    }
}
