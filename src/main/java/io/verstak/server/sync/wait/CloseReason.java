package io.verstak.server.sync.wait;

/** Why a subscription is closed early. */
public enum CloseReason {
    /** The device was revoked, its user blocked or deleted, or its vault deleted. */
    ACCESS_LOST,

    /** The device has opened more streams than allowed. */
    REPLACED,

    /** The server is stopping. */
    STOPPING
}
