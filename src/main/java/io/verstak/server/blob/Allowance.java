package io.verstak.server.blob;

/** The room that one upload takes of its scope's and its user's. One thread at a time. */
final class Allowance {
    private final SpaceAccount scope;
    private final SpaceAccount user;
    private long taken;

    Allowance(SpaceAccount scope, SpaceAccount user) {
        this.scope = scope;
        this.user = user;
    }

    /** Takes room for bytes that have come; false when the scope or the user has none. */
    boolean take(long bytes) {
        if (!scope.take(bytes)) {
            return false;
        }
        if (!user.take(bytes)) {
            scope.giveBack(bytes);
            return false;
        }
        taken += bytes;
        return true;
    }

    /** The bytes are stored now, and were not before. */
    void settle() {
        scope.settle(taken);
        user.settle(taken);
        taken = 0;
    }

    /** The bytes need no room of their own. */
    void release() {
        scope.giveBack(taken);
        user.giveBack(taken);
        taken = 0;
    }
}
