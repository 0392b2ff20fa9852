package io.verstak.client;

/** A paired device with its token. */
public record PairedDevice(String userId, String deviceId, String token) {}
