package io.verstak.server.storage.log;

/**
 * Asks for the latest ops on an entity by other devices, between two sequences.
 *
 * @param deviceKey the device whose ops are left out
 * @param above the sequence above which ops are asked for
 * @param below the sequence below which they are asked for
 */
public record EntityWalk(long scopeId, long entityKey, long deviceKey, long above, long below) {
    /** Returns the walk that begins with the last op on the entity. */
    public EntityWalk fromEnd() {
        return new EntityWalk(scopeId, entityKey, deviceKey, above, Long.MAX_VALUE);
    }

    /** The number of ops that a walk finds at most. */
    public static final int MOST = 100;
}
