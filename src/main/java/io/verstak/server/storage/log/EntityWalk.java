package io.verstak.server.storage.log;

/**
 * Asks for the latest ops on an entity by other devices, between two sequences.
 *
 * @param deviceKey the device whose ops are left out
 * @param above the sequence above which ops are asked for
 * @param below the sequence below which they are asked for
 */
public record EntityWalk(long scopeId, long entityKey, long deviceKey, long above, long below) {
    /** The number of ops that a walk finds at most. */
    public static final int MOST = 100;
}
