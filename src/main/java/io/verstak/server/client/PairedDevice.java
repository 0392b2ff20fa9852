package io.verstak.server.client;

/** A device that a server knows, with what opens its vault. */
public record PairedDevice(String userId, String deviceId, String token) {}
