package io.verstak.server.domain;

/**
 * The device that a token belongs to.
 *
 * @param deviceId {@code dev_} and 24 hexadecimal digits
 * @param scope all that the device reads and writes
 */
public record DeviceIdentity(String deviceId, Scope scope) {}
