package io.verstak.server.sync;

/** Why a wait ends before its time. */
public enum WaitEnd {
    /** The device was revoked, or its user blocked or deleted. */
    ACCESS_LOST,

    /** The device has opened more streams than it may have. */
    REPLACED,

    /** The server is about to stop. */
    STOPPING
}
